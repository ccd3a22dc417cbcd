/** The one place that owns ECharts instances: makes them, feeds them at most once a second, disposes of them. */
import type { Outlines } from '@room/contract';
import type { EChartsOption } from 'echarts';
import { LineChart, MapChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  GeoComponent,
  GridSimpleComponent,
  MarkAreaComponent,
  MarkPointComponent,
} from 'echarts/components';
import { type EChartsType, init, registerMap, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { computed, onBeforeUnmount, onMounted, type Ref, watch } from 'vue';
import { media } from './media.ts';

use([
  LineChart,
  ScatterChart,
  MapChart,
  // Without pointers at axes, which a page that has a mouse brings along with its tooltip.
  GridSimpleComponent,
  GeoComponent,
  MarkPointComponent,
  MarkAreaComponent,
  AriaComponent,
  CanvasRenderer,
]);

export const register = (name: string, places: Outlines): void =>
  registerMap(name, places as unknown as Parameters<typeof registerMap>[1]);

const AT_MOST_EVERY = 1_000;

export interface Drawing {
  option: EChartsOption;
  /** Changes when the drawing must start from nothing: another language, theme or size. */
  identity: string;
}

/** Draws `drawing` into `host`; undefined draws nothing. `resized` tells the new size in pixels. */
export function useCanvas(
  host: Readonly<Ref<HTMLElement | null>>,
  drawing: () => Drawing | undefined,
  resized: (width: number, height: number) => void = () => {},
): void {
  const wanted = computed(drawing);
  const paper = media('print');
  let chart: EChartsType | undefined;
  let last: { at: number; identity: string; drawing?: Drawing } = { at: Number.NEGATIVE_INFINITY, identity: '' };
  /** Of the host, pixels. */
  let size = { width: 0, height: 0 };
  let later: ReturnType<typeof setTimeout> | undefined;

  const draw = () => {
    clearTimeout(later);
    later = undefined;
    const next = wanted.value;
    if (chart === undefined || next === undefined || next === last.drawing) return;
    const anew = next.identity !== last.identity;
    // Paper does not wait for the next frame.
    chart.setOption(next.option, { notMerge: anew, replaceMerge: anew ? [] : ['series'], lazyUpdate: !paper.matches });
    if (paper.matches) chart.getZr().flush();
    last = { at: performance.now(), identity: next.identity, drawing: next };
  };
  const soon = () => {
    if (wanted.value?.identity !== last.identity) draw();
    else later ??= setTimeout(draw, Math.max(0, last.at + AT_MOST_EVERY - performance.now()));
  };

  const observer = new ResizeObserver(([entry]) => {
    if (entry === undefined || chart === undefined) return;
    const { width, height } = entry.contentRect;
    // It is also told of the size that it began with, to the part of a pixel, for which all would be drawn a second time.
    if (Math.abs(size.width - width) < 1 && Math.abs(size.height - height) < 1) return;
    size = { width, height };
    resized(width, height);
    if (width === 0 || height === 0) return;
    chart.resize({ width, height });
    draw();
  });

  onMounted(() => {
    if (host.value === null) return;
    const { clientWidth: width, clientHeight: height } = host.value;
    size = { width, height };
    chart = init(host.value, null, { renderer: 'canvas', width: width || 1, height: height || 1 });
    resized(width, height);
    observer.observe(host.value);
    // A canvas whose memory the graphics card lost comes back empty; what it says it says to itself alone.
    host.value.addEventListener(
      'contextrestored',
      () => {
        last = { at: last.at, identity: '' };
        draw();
      },
      true,
    );
    draw();
  });
  watch(wanted, soon);
  onBeforeUnmount(() => {
    clearTimeout(later);
    observer.disconnect();
    chart?.dispose();
  });
}
