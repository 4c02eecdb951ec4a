export { erf, erfc } from './erf.ts';
export { type GeluForm, type GeluOptions, geluErf, geluSigmoid, geluTanh, ideal } from './ideal.ts';
export { lut, model } from './model.ts';
