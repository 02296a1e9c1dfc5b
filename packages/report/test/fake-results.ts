import {
  clusterBootstrapInterval,
  createProtocol,
  type Interval,
  type MetricColumn,
  type QueryOutcome,
  type QueryRecord,
  type SuiteResult,
} from '@sakejs/evaluation';
import { createRandom, type Random } from '@sakejs/spec';

/** Methods of the made-up tables with how often each one is right and how far away its queries lie. */
const methods = [
  { method: 'none', right: 0.02, spread: null },
  { method: 'sake', right: 0.97, spread: 0.25 },
  { method: 'sake-paper', right: 0.93, spread: 0.45 },
  { method: 'uniform', right: 0.9, spread: 0.3 },
  { method: 'actadd', right: 0.8, spread: 0.5 },
  { method: 'icl', right: 0.6, spread: null },
] as const;

const suites = [
  {
    suite: 'counterfact',
    title: 'FAKE CounterFact',
    metrics: { accuracy: 1, generality: 2, specificity: 10 },
  },
  {
    suite: 'popular',
    title: 'FAKE Popular',
    metrics: { compositionalityI: 4, compositionalityII: 3, subjectAliasing: 3, relationSpecificity: 3 },
  },
  { suite: 'doubt', title: 'FAKE doubts', metrics: { doubtIndirect: 5, doubtDirect: 5, divergence: 3 } },
] as const;

const leaves = new Set(['specificity', 'relationSpecificity']);
const places = ['Nowhere', 'Erewhon', 'Ruritania', 'Lilliput', 'Utopia', 'Brobdingnag'];
/** Texts that break pages which do not escape them, or do not wrap. */
const nasty = [
  '</script><script>document.title = "broken"</script>',
  '<b>bold</b> &amp; "quoted" <img src=x onerror=alert(1)>',
  'שלום, العربية and 日本語',
  'a'.repeat(180),
];

/** Made-up results, the same for a seed: every value in them is fake. */
export function fakeResults(edits = 200, seed = 7): SuiteResult[] {
  return suites.map(({ suite, title, metrics }) => {
    const random = createRandom(seed).fork(suite);
    const queries = Array.from({ length: edits }, (_, edit) =>
      Object.entries(metrics).flatMap(([metric, count]) =>
        Array.from({ length: count }, (__, at) => fakeQuery(random, edit, metric, at)),
      ),
    ).flat();
    return fakeTable(suite, title, Object.keys(metrics), queries, edits);
  });
}

function fakeQuery(random: Random, edit: number, metric: string, at: number): QueryRecord {
  const wanted = random.pick(places);
  const before = random.pick(places);
  const text = random.next() < 0.01 ? ` ${random.pick(nasty)}` : '';
  const leave = leaves.has(metric);
  const prompt = `Fake prompt ${edit + 1}.${at + 1} for ${metric}:${text} the capital of made-up land ${edit + 1} is`;
  const outcomes = Object.fromEntries(
    methods.map(({ method, right, spread }) => {
      const good = random.next() < (leave && method !== 'none' ? 0.85 : right);
      const value = metric === 'divergence' ? Math.abs(0.02 * random.normal()) : good ? 1 : 0;
      const base = { firstToken: good, wholeObject: good, probability: null, before, value };
      if (spread === null) return [method, { ...base, answer: good ? wanted : before, fired: 'none' }];
      const distance = Math.abs((leave ? 1.5 : 0.6) + spread * random.normal());
      const fired = distance > 1 ? 'none' : random.next() < 0.04 ? 'other' : 'own';
      const outcome: QueryOutcome = {
        ...base,
        value:
          metric === 'divergence' ? value : leave ? Number(fired === 'none') : fired === 'none' ? 0 : value,
        answer: fired === 'none' ? before : wanted,
        fired,
        distance,
        open: { value: leave ? 0 : value },
        ...(fired !== 'none' && {
          edit: `fake-edit-${fired === 'own' ? edit + 1 : random.integer(200) + 1}`,
        }),
        ...(random.next() < 0.005 && {
          value: null,
          leftOut: 'the unedited model fails the condition (fake)',
        }),
      };
      return [method, outcome];
    }),
  );
  return { case: edit, metric, prompt, wanted: [wanted, `${wanted} City`], outcomes };
}

function fakeTable(
  suite: string,
  title: string,
  metrics: readonly string[],
  queries: readonly QueryRecord[],
  edits: number,
): SuiteResult {
  const columns = metrics.map((name): MetricColumn => ({
    name,
    higherIsBetter: name !== 'divergence',
    unit: name === 'divergence' ? 'nats' : 'share',
  }));
  const mean = (method: string, metric: string): SuiteResult['rows'][number]['metrics'][string] => {
    const trials = queries.flatMap((query) => {
      const value = query.metric === metric ? query.outcomes[method]!.value : null;
      return value === null ? [] : [{ cluster: query.case, value }];
    });
    const interval: Interval = clusterBootstrapInterval(trials, { resamples: 60 });
    return {
      value: trials.reduce((sum, { value }) => sum + value, 0) / trials.length,
      n: trials.length,
      interval,
      scorers: { firstToken: null, wholeObject: null, probability: null },
      fired: method === 'none' ? { own: null, other: null } : { own: 0.61, other: 0.03 },
    };
  };
  const edited = methods.map(({ method }) => method).filter((method) => method !== 'none');
  return {
    suite,
    title,
    protocol: 'strict',
    protocolSettings: createProtocol('strict'),
    model: 'a-fake-model',
    edits,
    seed: 0,
    columns,
    rows: methods.map(({ method }) => ({
      method,
      metrics: Object.fromEntries(metrics.map((metric) => [metric, mean(method, metric)])),
      filtered: {
        [`${metrics[0]}: the unedited model fails the condition (fake)`]: method === 'none' ? 0 : 3,
      },
      warnings: [],
      errors:
        suite === 'popular' && method === 'actadd'
          ? [
              {
                case: 'case_id 12',
                what: 'learning',
                code: 'numerical',
                message: 'fake: expected finite <rows>, got NaN',
              },
            ]
          : [],
      seconds: 12.3,
      learned: method === 'none' ? 0 : edits,
      cost: {
        seconds: method === 'none' ? null : 0.041,
        bytes: method === 'none' ? null : 123_456,
        memory: method === 'none' ? null : 5 * 2 ** 20,
      },
    })),
    comparisons: metrics.flatMap((metric) =>
      edited.slice(1).map((b) => {
        const difference = mean('sake', metric).value! - mean(b, metric).value!;
        return {
          a: 'sake',
          b,
          metric,
          difference,
          interval: [difference - 0.04, difference + 0.04] as const,
          n: edits,
        };
      }),
    ),
    modelInfo: {
      id: 'a-fake-model',
      sha256: 'fedcba9876543210'.repeat(4),
      family: 'llama',
      ...{ hiddenSize: 192, layers: 6, vocabularySize: 6144, maxPositions: 512 },
      dtype: 'float32',
      threads: 2,
      runtime: { fake: '0.0' },
    },
    data: { name: 'fake.json', sha256: '0123456789abcdef'.repeat(4), records: edits },
    prompts: { source: 'template', count: 50 },
    queries,
  };
}
