export * from './deadline.ts';
export * from './doubled-keys.ts';
export * from './environment.ts';
export * from './polling.ts';
export * from './secrets.ts';
export * from './turn.ts';
