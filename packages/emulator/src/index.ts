export { DEVELOPER_APP } from './developer-app.ts'
export { startEmulator } from './start-emulator.ts'
export type { Emulator, EmulatorOptions } from './start-emulator.ts'
