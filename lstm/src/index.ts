export { type DirectLstm, directLstm, type LstmWeights } from './direct.ts'
export { FusedLstm, type LstmConfig, lstm, registerFusedLstm } from './layer.ts'
export { type FusedLstmOptions, fusedLstm } from './op.ts'
export { quickenShuffle } from './shuffle.ts'
