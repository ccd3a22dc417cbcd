/** The first thing that a portal sends, ready to be run: it says that nothing happened, so that no number changes. */
import { type Catalogue, localDay, type Unit, validOn } from '@room/contract';

export interface ExampleOptions {
  /** Of the room, as this browser reached it. */
  origin: string;
  secret: string;
  source: string;
  catalogue: Pick<Catalogue, 'timeZone' | 'services' | 'provinces' | 'agencies' | 'channels' | 'statuses' | 'sources'>;
  /** Milliseconds since 1970 UTC. */
  at: number;
}

/** Text for a shell, in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** For a POSIX shell. */
export function exampleOf({ origin, secret, source, catalogue, at }: ExampleOptions): string {
  const today = localDay(at, catalogue.timeZone);
  const codeOf = (units: readonly Unit[], id: string | undefined): string | undefined =>
    (units.find((unit) => unit.id === id) ?? units.find((unit) => validOn(unit, today)))?.code;
  const unit = catalogue.sources.find(({ id }) => id === source)?.unit;
  const service = catalogue.services.find(({ agency }) => agency === unit) ?? catalogue.services[0];
  const event = {
    specversion: '1.0',
    id: `hello-${at}`,
    source,
    type: 'submission.counted',
    data: {
      procedure: service?.code,
      agency: codeOf(catalogue.agencies, service?.agency),
      province: codeOf(catalogue.provinces, unit),
      channel: catalogue.channels[0]?.code,
      status: catalogue.statuses.find(({ entry }) => entry)?.code,
      count: 0,
      interval: { start: new Date(at - 60_000).toISOString(), end: new Date(at).toISOString() },
    },
  };
  return [
    `curl ${quoted(`${origin}/v1/events`)} \\`,
    `  -H ${quoted(`authorization: Bearer ${secret}`)} \\`,
    `  -H 'content-type: application/cloudevents+json' \\`,
    `  -d ${quoted(JSON.stringify(event))}`,
  ].join('\n');
}
