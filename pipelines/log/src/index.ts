export * from './embedded.ts';
export * from './environment.ts';
export * from './kafka.ts';
export * from './port.ts';
