export { embeddedFixture } from './embedded-fixture.js';
export { writeTinyModel, type TinyModelOptions } from './tiny-model.js';
