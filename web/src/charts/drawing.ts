/** A chart as a drawing (SVG) that stands by itself and can be enlarged; loaded when one is taken. */
import type { EChartsOption } from 'echarts';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { framed } from './frame.ts';
import type { PictureColours, PictureWords } from './picture.ts';

use([SVGRenderer]);

/** `width` and `height` of the chart, and `type`, the size of its text, in pixels. */
export function drawingOf(
  option: EChartsOption,
  size: { width: number; height: number; type: number },
  words: PictureWords,
  colours: PictureColours,
): Blob {
  const { width, height } = size;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const drawn = chart.renderToSVGString();
  chart.dispose();
  return new Blob([framed(drawn, size, words, colours).svg], { type: 'image/svg+xml' });
}
