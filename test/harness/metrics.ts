import type { Cause } from '@room/operations';
/** Metrics as Prometheus reads them: by series, `name{label="value"}`, in the order of the text. */
export function metricsOf(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([a-z_]\w*(?:\{.*\})?) (\S+)$/i.exec(line);
    if (match?.[1] !== undefined) series.set(match[1], Number(match[2]));
  }
  return series;
}

/** Throws where the process does not answer with metrics. */
export async function scrape(url: string, token?: string): Promise<Map<string, number>> {
  const response = await fetch(
    `${url}/metrics`,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
  if (!response.ok) throw new Error(`no metrics at ${url}: ${response.status}`);
  return metricsOf(await response.text());
}

export interface Readiness {
  status: number;
  /** Codes of the causes. */
  causes: string[];
}

/** What `/readyz` says; every cause must say a reason and a remedy. */
export async function readiness(url: string): Promise<Readiness> {
  const response = await fetch(`${url}/readyz`);
  const { ready, causes } = (await response.json()) as {
    ready: boolean;
    causes: Cause[];
  };
  if (ready !== (response.status === 200) || ready !== causes.every(({ isMinor }) => isMinor === true))
    throw new Error(`/readyz contradicts itself: ${response.status} ${JSON.stringify({ ready, causes })}`);
  for (const { code, reason, remedy } of causes)
    if (reason.length < 10 || remedy.length < 4) throw new Error(`${code} says neither why nor what to do`);
  return { status: response.status, causes: causes.map(({ code }) => code) };
}
