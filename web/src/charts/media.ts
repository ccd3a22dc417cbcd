/** Media queries, each asked once: a browser keeps every list that it gave, for as long as the page is there. */
const asked = new Map<string, MediaQueryList>();

export function media(query: string): MediaQueryList {
  const known = asked.get(query);
  if (known !== undefined) return known;
  const list = window.matchMedia(query);
  asked.set(query, list);
  return list;
}
