import { packageBuild } from '../../tsup.base.js';

export default packageBuild({
  entry: { main: 'src/main.ts', 'suite-worker': 'src/run/suite-worker.ts' },
  dts: false,
});
