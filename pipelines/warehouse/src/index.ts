export * from './access.ts';
export * from './environment.ts';
export * from './ledger.ts';
export * from './migrate.ts';
export * from './quarantine.ts';
export * from './rows.ts';
export * from './wall.ts';
