/** A quiet chime where an alert begins to ring, another for each severity: made by the browser, off unless a screen was told to. */
import type { Alert } from '@room/contract';
import { onBeforeUnmount, watch } from 'vue';
import { ask } from '../app/client.ts';
import { useRoom } from '../stores/room.ts';

type Severity = Alert['body']['severity'];

/** Changes are told; this finds what was not heard. */
const EVERY = 30_000;
/** Of full loudness. */
const LOUDNESS = 0.06;
const NOTE_S = 0.5;

/** When each note begins in seconds, and its hertz: told apart by their number and by where they go. */
export const CHIMES: Readonly<Record<Severity, readonly (readonly [at: number, hertz: number])[]>> = {
  info: [[0, 523]],
  warning: [
    [0, 523],
    [0.3, 659],
  ],
  critical: [
    [0, 784],
    [0.25, 587],
    [0.5, 392],
  ],
};

const RANK: readonly Severity[] = ['info', 'warning', 'critical'];

/** The highest severity of those that began to ring since, and that nobody took up yet. */
export function newlyRinging(alerts: readonly Alert[], known: ReadonlySet<string>): Severity | undefined {
  const fresh = alerts.filter(
    ({ id, state, acknowledged }) => state === 'firing' && acknowledged === undefined && !known.has(id),
  );
  return RANK.toReversed().find((severity) => fresh.some(({ body }) => body.severity === severity));
}

/** Those of the highest severity. */
export const critical = (alerts: readonly Alert[]): Alert[] =>
  alerts.filter(({ body: { severity } }) => severity === 'critical');

function play(sound: AudioContext, severity: Severity): void {
  for (const [at, hertz] of CHIMES[severity]) {
    const begins = sound.currentTime + at;
    const tone = new OscillatorNode(sound, { frequency: hertz });
    const loudness = new GainNode(sound, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(0, begins);
    loudness.gain.linearRampToValueAtTime(LOUDNESS, begins + 0.03);
    loudness.gain.linearRampToValueAtTime(0, begins + NOTE_S);
    tone.connect(loudness).connect(sound.destination);
    tone.start(begins);
    tone.stop(begins + NOTE_S);
  }
}

/** `failed` is told whether the browser keeps it silent, as browsers do where nobody touched them and nothing allows it. */
export function useChime(isOn: () => boolean, failed: (hasFailed: boolean) => void): void {
  const room = useRoom();
  let sound: AudioContext | undefined;
  let known: ReadonlySet<string> | undefined;
  let asked = 0;

  async function look(): Promise<void> {
    if (!isOn()) {
      known = undefined;
      return;
    }
    const own = ++asked;
    const found = await ask('/v1/alerts', { query: { which: 'open' } }).catch(() => undefined);
    if (found === undefined || own !== asked || !isOn()) return;
    // What rang before this screen was there is no news.
    const severity = known === undefined ? undefined : newlyRinging(found.alerts, known);
    // Also those that recover for now: one that flutters rang already.
    known = new Set(found.alerts.map(({ id }) => id));
    if (severity === undefined) return;
    sound ??= new AudioContext();
    if (sound.state === 'suspended') await Promise.race([sound.resume(), new Promise((end) => setTimeout(end, 1_000))]);
    failed(sound.state !== 'running');
    if (sound.state === 'running') play(sound, severity);
  }
  watch([isOn, () => room.alertsTold], () => void look(), { immediate: true });
  const every = setInterval(() => void look(), EVERY);
  onBeforeUnmount(() => {
    clearInterval(every);
    void sound?.close();
  });
}
