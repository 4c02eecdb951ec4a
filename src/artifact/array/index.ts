export * from './attribute.ts';
export { buildArray } from './build.ts';
export * from './config.ts';
export * from './describe.ts';
export * from './descriptor.ts';
export { liftArray } from './lift.ts';
export { type RegisterModule, type RegisterName, registerAt, registerOffset } from './register-table.ts';
export * from './stream-switch.ts';
export {
  type Port,
  type PortBundle,
  portAt,
  portIndex,
  portName,
  samePort,
  type TileKind,
  type TileLayout,
  tileKind,
  tileLayouts,
} from './tile-layout.ts';
