/** The colours, once: set as CSS variables for the page and handed to the charts, which paint on a canvas. */
export const THEMES = ['dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

const dark = {
  bg: '#0C1218',
  band: '#121A22',
  raised: '#19232D',
  hair: '#293542',
  rule: '#617182',
  t1: '#F3F6F8',
  t2: '#B9C4CE',
  t3: '#8D9BA9',
  accent: '#63C5F2',
  onAccent: '#06202E',
  ok: '#7FBFA8',
  watch: '#F5C04E',
  act: '#FF7A66',
  unk: '#AEB9C4',
  hatch: '#7C8B99',
  hatchGround: '#151E27',
  usual: 'rgba(141,155,169,.26)',
  farBelow: '#E8954A',
  below: '#9A6433',
  neutral: '#34434F',
  above: '#6A61B8',
  farAbove: '#A59CF5',
};

export type Palette = { readonly [name in keyof typeof dark]: string };

const light: Palette = {
  bg: '#F7F8F9',
  band: '#EDF0F2',
  raised: '#FFFFFF',
  hair: '#D4DADF',
  rule: '#7F8C98',
  t1: '#10181F',
  t2: '#3F4C58',
  t3: '#5C6A77',
  accent: '#00689E',
  onAccent: '#FFFFFF',
  ok: '#1E6B54',
  watch: '#8F6200',
  act: '#9C1432',
  unk: '#4F5C68',
  hatch: '#75828E',
  hatchGround: '#EDF0F2',
  usual: 'rgba(92,106,119,.20)',
  farBelow: '#B25206',
  below: '#E3A56C',
  neutral: '#CBD3D9',
  above: '#A79FE0',
  farAbove: '#5546B5',
};

export const PALETTES: { readonly [theme in Theme]: Palette } = { dark, light };

export function paint(root: HTMLElement, theme: Theme): void {
  for (const [name, colour] of Object.entries(PALETTES[theme])) root.style.setProperty(`--${name}`, colour);
  root.style.setProperty('color-scheme', theme);
}
