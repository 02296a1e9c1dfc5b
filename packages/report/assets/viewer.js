/* global document, Option, requestAnimationFrame */
// Searches, filters, sorts and pages the queries. Text only ever goes into text nodes.
(() => {
  const block = document.getElementById('viewer-data');
  if (block === null) return;
  const { strings, tables } = JSON.parse(block.textContent);
  const element = (id) => document.getElementById(`viewer-${id}`);
  const PAGE = 50;
  const filterNames = ['suite', 'protocol', 'model', 'method', 'metric'];

  // One entry an outcome: its table, query and method.
  const rows = [];
  tables.forEach((table, t) => {
    for (let q = 0; q < table.queries.case.length; q++)
      for (let m = 0; m < table.methods.length; m++)
        if (table.outcomes[m].answer[q] !== -1) rows.push([t, q, m]);
  });
  const nameOf = {
    suite: ([t]) => tables[t].suite,
    protocol: ([t]) => tables[t].protocol,
    model: ([t]) => tables[t].model,
    method: ([t, , m]) => tables[t].methods[m],
    metric: ([t, q]) => strings[tables[t].queries.metric[q]],
  };
  for (const name of filterNames) {
    const values = [...new Set(rows.map(nameOf[name]))];
    for (const value of values) element(name).append(new Option(value, value));
    if (name === 'model' && values.length < 2) element(name).closest('label').hidden = true;
  }

  const lower = strings.map((text) => text.toLowerCase());
  const amounts = tables.map((table) => new Set(table.amounts));
  let only = null; // [table, query] whose methods are compared
  let found = [];
  let at = 0; // page
  let terms = [];

  const resultOf = ([t, q, m]) => {
    const { value, note } = tables[t].outcomes[m];
    if (note[q] !== -1 || value[q] === null) return 'out';
    if (amounts[t].has(tables[t].queries.metric[q])) return 'amount';
    return value[q] === 1 ? 'right' : 'wrong';
  };

  function find() {
    const chosen = filterNames
      .map((name) => [nameOf[name], element(name).value])
      .filter(([, value]) => value !== '');
    const fired = element('fired').value;
    const success = element('success').value;
    terms = element('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    // Whether each text holds each term, once a text and not once a row.
    const hits = terms.map((term) => lower.map((text) => text.includes(term)));
    found = rows.filter((row) => {
      const [t, q, m] = row;
      if (only !== null && (only[0] !== t || only[1] !== q)) return false;
      if (chosen.some(([name, value]) => name(row) !== value)) return false;
      const { queries } = tables[t];
      const outcome = tables[t].outcomes[m];
      if (fired !== '' && outcome.fired[q] !== Number(fired)) return false;
      if (success !== '' && resultOf(row) !== success) return false;
      return hits.every(
        (hit) =>
          hit[queries.prompt[q]] ||
          hit[outcome.answer[q]] ||
          hit[queries.wanted[q]] ||
          hit[outcome.edit[q]] === true,
      );
    });
    const order = element('order').value;
    if (order !== '') {
      const sign = order === 'near' ? 1 : -1;
      const distance = ([t, q, m]) => tables[t].outcomes[m].distance[q] ?? sign * Infinity;
      // Infinity less itself is no number: rows without a distance keep their order at the end.
      found.sort((a, b) => sign * (distance(a) - distance(b)) || 0);
    }
    at = 0;
    show();
  }

  function make(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  // A text with what was searched for marked.
  function marked(text) {
    const pieces = [];
    const small = text.toLowerCase();
    if (terms.length === 0 || small.length !== text.length) return [text];
    let from = 0;
    while (from < text.length) {
      let next = null;
      for (const term of terms) {
        const place = small.indexOf(term, from);
        if (place !== -1 && (next === null || place < next[0])) next = [place, term.length];
      }
      if (next === null) break;
      pieces.push(text.slice(from, next[0]), make('mark', '', text.slice(next[0], next[0] + next[1])));
      from = next[0] + next[1];
    }
    pieces.push(text.slice(from));
    return pieces;
  }

  function cell(label, ...children) {
    const made = make('td', '', ...children);
    made.setAttribute('role', 'cell');
    made.dataset.label = label;
    return made;
  }

  const results = { right: '✓ right', wrong: '✗ wrong', out: 'left out' };
  const firings = ['no edit fired', 'own edit fired', 'another edit fired'];

  function line(row) {
    const [t, q, m] = row;
    const table = tables[t];
    const { queries } = table;
    const outcome = table.outcomes[m];
    const result = resultOf(row);
    const wanted = strings[queries.wanted[q]];
    const note = outcome.note[q] === -1 ? '' : strings[outcome.note[q]];
    const compare = make('button', 'link', only === null ? 'compare methods' : 'show all queries');
    compare.type = 'button';
    compare.addEventListener('click', () => {
      only = only === null ? [t, q] : null;
      for (const name of ['method', 'fired', 'success']) if (only !== null) element(name).value = '';
      find();
      element('count').scrollIntoView({ block: 'nearest' });
      element('rows').querySelector('button')?.focus({ preventScroll: true });
    });
    const fired = make('span', `fired fired-${outcome.fired[q]}`, firings[outcome.fired[q]]);
    const edit = outcome.edit[q] === -1 ? [] : [make('code', '', ...marked(strings[outcome.edit[q]]))];
    const distance = outcome.distance[q];
    const made = make(
      'tr',
      '',
      cell(
        'Prompt',
        make('span', 'text', ...marked(strings[queries.prompt[q]])),
        make('small', '', ...(wanted === '' ? [] : ['wanted: ', ...marked(wanted), ' · ']), compare),
      ),
      cell(
        'Answer',
        make('span', 'text', ...marked(strings[outcome.answer[q]] || '(empty)')),
        make('small', '', `before: ${strings[queries.before[q]] || '(empty)'}`),
      ),
      cell(
        'Result',
        make('span', `result ${result}`, results[result] ?? String(outcome.value[q])),
        ...(note === '' ? [] : [make('small', '', note)]),
      ),
      cell(
        'Asked of',
        make('b', '', table.methods[m]),
        make('small', '', strings[queries.metric[q]]),
        make('small', '', `${table.suite}, ${table.protocol}, edit ${queries.case[q] + 1}`),
      ),
      cell(
        'Gate',
        fired,
        ...edit,
        make('small', '', distance === null ? 'no distance' : `at ${distance} × threshold`),
      ),
    );
    made.setAttribute('role', 'row');
    return made;
  }

  const number = (value) => value.toLocaleString('en-US');

  function show() {
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    at = Math.min(Math.max(0, at), pages - 1);
    const shown = found.slice(at * PAGE, (at + 1) * PAGE);
    element('rows').replaceChildren(...shown.map(line));
    const range =
      shown.length === 0 ? '' : `, ${number(at * PAGE + 1)} to ${number(at * PAGE + shown.length)} shown`;
    element('count').textContent =
      found.length === 0
        ? 'No query matches. Clear the search or a filter.'
        : `${number(found.length)} of ${number(rows.length)} answers${range}`;
    element('pages').textContent = number(pages);
    element('page').value = at + 1;
    element('page').max = pages;
    element('previous').disabled = at === 0;
    element('next').disabled = at === pages - 1;
  }

  function turn(to) {
    at = to;
    show();
    element('count').scrollIntoView({ block: 'start' });
  }

  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      find();
    });
  };
  const form = element('form');
  form.addEventListener('input', soon);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => {
    only = null;
    soon();
  });
  element('previous').addEventListener('click', () => turn(at - 1));
  element('next').addEventListener('click', () => turn(at + 1));
  element('page').addEventListener('change', ({ target }) =>
    turn((Math.round(Number(target.value)) || 1) - 1),
  );
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    element('search').focus();
  });
  document.getElementById('viewer').hidden = false;
  find();
})();
