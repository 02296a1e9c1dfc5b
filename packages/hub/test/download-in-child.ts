import { resolveModel } from '../src/index.js';

// For two-processes.test.ts: node … download-in-child.ts ENDPOINT CACHE ID
const [endpoint, cacheDir, id] = process.argv.slice(2);
const { folder } = await resolveModel(id!, { endpoint: endpoint!, cacheDir: cacheDir!, token: false });
process.stdout.write(folder);
