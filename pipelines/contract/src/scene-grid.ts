/** A scene is cut into so many cells: a tile stands in whole ones. */
export const SCENE_GRID = { columns: 12, rows: 8 } as const;
