export * from './contract.ts';
export { EmulatorDevice } from './emulator/emulator-device.ts';
export { type Fault, type FaultKind, faultKinds, withFault } from './fault.ts';
export { type DeviceChoice, deviceChoices, type OpenDeviceOptions, openDevice } from './open.ts';
export { DeviceProcessError } from './process/process-device.ts';
export * from './state.ts';
