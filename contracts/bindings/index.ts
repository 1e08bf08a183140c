export * from './aborts.ts';
export * from './events.ts';
export * from './layouts.ts';
export * from './names.ts';
