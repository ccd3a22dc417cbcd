export * from './cause.ts';
export * from './dependency.ts';
export * from './desk.ts';
export * from './ending.ts';
export * from './file-system.ts';
export * from './lag.ts';
export * from './listen.ts';
export * from './registry.ts';
