/** Addresses of the web part beside the wall's `/`: the server answers each with the one document, which shows that page. */
export const PAGES = ['/past', '/explore', '/forecasts'] as const;
export type PagePath = (typeof PAGES)[number];
