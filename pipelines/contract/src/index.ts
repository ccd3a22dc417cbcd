export * from './catalogue.ts';
export * from './decode.ts';
export * from './foresight.ts';
export * from './patch.ts';
export * from './pulse.ts';
export * from './socket.ts';
export * from './submission.ts';
export * from './wall.ts';
