/** The units on their map: grey inside the usual range, coloured outside it, hatched where nothing is known. */
import type { Outlines, UsualStanding } from '@room/contract';
import type { EChartsOption } from 'echarts';
import { type Look, motion } from './look.ts';
import { ISLANDS, type Projection } from './places.ts';

export type UnitLook = UsualStanding | 'silent';

const DECAL_ANGLE = -Math.PI / 4;

export function mapOption(
  name: string,
  land: Outlines,
  lookOf: (code: string) => UnitLook,
  { frame, aspect }: Projection,
  look: Look,
): EChartsOption {
  const { u, palette } = look;
  const style = (code: string, islands: boolean) => {
    const unit = lookOf(code);
    if (unit === 'silent')
      return {
        areaColor: palette.hatchGround,
        borderColor: palette.unk,
        borderWidth: 1.6 * u,
        decal: {
          symbol: 'rect',
          color: palette.hatch,
          dashArrayX: [1, 0],
          dashArrayY: [2 * u, 4 * u],
          rotation: DECAL_ANGLE,
        },
      };
    const areaColor = palette[unit];
    return { areaColor, borderColor: islands ? areaColor : palette.bg, borderWidth: (islands ? 1.4 : 1.6) * u };
  };
  return {
    ...motion(look),
    series: [
      {
        id: 'units',
        type: 'map',
        map: name,
        nameProperty: 'code',
        aspectScale: aspect,
        left: frame.x,
        top: frame.y,
        width: frame.width,
        height: frame.height,
        silent: true,
        selectedMode: false,
        label: { show: false },
        data: land.features.map(({ properties: { code = '' } }) => ({
          name: code,
          itemStyle: style(code.replace(ISLANDS, ''), code.endsWith(ISLANDS)),
        })),
      },
    ],
  };
}
