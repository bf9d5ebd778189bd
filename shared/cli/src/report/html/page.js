'use strict';

// What is listed: one row for each Config rule and resource. `facets` have few values, of which a row has a number;
// the other columns are texts.
const FACETS = ['severity', 'rule', 'codes', 'account', 'region', 'type'];
const TEXTS = ['id', 'name', 'reason', 'findings', 'time'];
const SHARED = ['catalogueRule', 'arn', 'file', 'notes'];
const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'ERROR'];
const TITLES = {
  severity: 'Severity', rule: 'Config rule', codes: 'Code', account: 'Account', region: 'Region', type: 'Resource type',
};
const COLUMNS = [
  { name: 'severity', title: 'Severity', keys: ['severity', 'account', 'rule', 'region'] },
  { name: 'resource', title: 'Resource', keys: ['id'] },
  { name: 'rule', title: 'Config rule', keys: ['rule', 'codes', 'severity'] },
  { name: 'account', title: 'Account', keys: ['account', 'region', 'severity'] },
  { name: 'reason', title: 'Reason', keys: ['reason'] },
];
const DEFAULT_SORT = 'severity';
// What has an ARN's resource id in its place: see html.rs.
const ID_IN_ARN = '\u001f';
// Browsers end elements somewhere above 16 million pixels: of longer lists, scrolling goes faster instead.
const TALLEST = 8e6;
const PRINTED = 500;

const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const table = $('rows');
const body = table.tBodies[0];
const number = (count) => count.toLocaleString('en-US');
const plural = (count, one, many = one + 's') => `${number(count)} ${count === 1 ? one : many}`;

let head;
let count = 0;
const facets = {};
const columns = {};
const ranks = {};

// The state, of which all but `expanded` is in the address.
let selected = {};
let query = '';
let sort = DEFAULT_SORT;
let by = 'account';
let open = null;
const expanded = { map: false, codes: false };

// What follows from it.
let order;
let orderOf;
let shown = new Uint32Array(0);
let facetCounts;
let active = 0;
const elements = new Map();
let rowHeight = 56;
let printing = false;

// --- Elements. Data gets into the page here, and as text only.

// Other people's text: what would turn the direction of reading, or cannot be seen, is shown by its number.
function visible(text) {
  return String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'class') made.className = value;
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null).map((child) => (typeof child === 'string' ? visible(child) : child)));
  return made;
}

const shownName = (value) => (value === '' ? '(none)' : value);
const severityName = (severity) => (severity === 'ERROR' ? 'Not evaluated' : severity[0] + severity.slice(1).toLowerCase());
const badge = (severity) => element('span', { class: `badge ${severity}` }, severityName(severity));

// --- Reading.

function bytesOf(id) {
  const holder = $(id);
  const text = holder.textContent;
  holder.remove();
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const decoded = atob(text);
  const bytes = new Uint8Array(decoded.length);
  for (let index = 0; index < decoded.length; index++) bytes[index] = decoded.charCodeAt(index);
  return bytes;
}

async function eachLine(id, onLine) {
  const stream = new Blob([bytesOf(id)]).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let parts = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    // A line is a block, and takes many reads.
    const lines = value.split('\n');
    while (lines.length > 1) {
      onLine(JSON.parse(parts.join('') + lines.shift()));
      parts = [];
    }
    parts.push(lines[0]);
  }
  const last = parts.join('');
  if (last) onLine(JSON.parse(last));
}

function prepare() {
  for (const name of FACETS.concat(SHARED)) {
    facets[name] = { values: [], numbers: new Map(), column: new Uint32Array(head.rows) };
  }
  for (const name of TEXTS) columns[name] = new Array(head.rows);
}

function numberOf(facet, value) {
  let number = facet.numbers.get(value);
  if (number === undefined) {
    number = facet.values.length;
    facet.values.push(value);
    facet.numbers.set(value, number);
  }
  return number;
}

function readBlock(block) {
  for (const [name, { texts, rows }] of Object.entries(block.columns)) {
    const at = rows ? (row) => rows[row] : texts.length === 1 ? () => 0 : (row) => row;
    const facet = facets[name];
    if (facet) {
      const numbers = texts.map((text) => numberOf(facet, text));
      for (let row = 0; row < block.count; row++) facet.column[count + row] = numbers[at(row)];
    } else {
      const column = columns[name];
      for (let row = 0; row < block.count; row++) column[count + row] = texts[at(row)];
    }
  }
  count += block.count;
}

const value = (name, row) => (facets[name] ? facets[name].values[facets[name].column[row]] : columns[name][row]);
const arn = (row) => value('arn', row).replace(ID_IN_ARN, () => value('id', row));

// A row has one value of each facet but of `codes`, where it may have several: `SG-UNION SG-ADMIN-OPEN`.
const members = (name, value) => (name === 'codes' ? value.split(' ') : [value]);

// --- Order.

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

// For each row, the place of its value among the values of the column.
function rankOf(name) {
  if (ranks[name]) return ranks[name];
  const rank = new Uint32Array(count);
  let size = 0;
  if (facets[name]) {
    const { values, column } = facets[name];
    const severity = (value) => SEVERITIES.indexOf(value);
    const places = values.map((_, number) => number).sort((one, other) => (name === 'severity'
      ? severity(values[one]) - severity(values[other]) : compare(values[one], values[other])));
    const placeOf = new Uint32Array(values.length);
    places.forEach((number, place) => { placeOf[number] = place; });
    for (let row = 0; row < count; row++) rank[row] = placeOf[column[row]];
    size = values.length;
  } else {
    const column = columns[name];
    const rows = Uint32Array.from({ length: count }, (_, row) => row).sort((one, other) => compare(column[one], column[other]));
    let last;
    for (const row of rows) {
      if (column[row] !== last) size += 1;
      last = column[row];
      rank[row] = size - 1;
    }
  }
  ranks[name] = { rank, size };
  return ranks[name];
}

// By counting: what is equal stays in its order.
function sortBy(rows, { rank, size }, isDescending) {
  const starts = new Uint32Array(size + 1);
  const place = isDescending ? (row) => size - 1 - rank[row] : (row) => rank[row];
  for (const row of rows) starts[place(row) + 1] += 1;
  for (let index = 1; index <= size; index++) starts[index] += starts[index - 1];
  const sorted = new Uint32Array(rows.length);
  for (const row of rows) sorted[starts[place(row)]++] = row;
  return sorted;
}

function sortRows() {
  if (orderOf === sort) return;
  const { keys } = COLUMNS.find(({ name }) => name === sort.replace('-', ''));
  order = Uint32Array.from({ length: count }, (_, row) => row);
  keys.slice().reverse().forEach((key, index, all) => {
    order = sortBy(order, rankOf(key), sort[0] === '-' && index === all.length - 1);
  });
  orderOf = sort;
}

// --- Filters.

// Of each row, whether all words of the query are somewhere in it. What was searched for last is narrowed if it can be.
let searched = { query: '', hits: null };
function search() {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    searched = { query: '', hits: null };
    return;
  }
  if (searched.query === query) return;
  const before = searched.hits && query.startsWith(searched.query) ? searched.hits : null;
  const hits = new Uint8Array(count);
  const tests = words.map((word) => {
    const pattern = new RegExp(word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'i');
    const inFacets = FACETS.concat('file').map((name) => {
      const { values, column } = facets[name];
      return { column, matches: Uint8Array.from(values, (value) => pattern.test(value)) };
    }).filter(({ matches }) => matches.includes(1));
    // Evidence is JSON in which quotes and backslashes are escaped.
    const escaped = JSON.stringify(word).slice(1, -1);
    const inJson = escaped === word ? pattern : new RegExp(escaped.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'i');
    // The parts of an ARN stand in other columns.
    return { pattern, inJson, inFacets, isArn: /[:/]/.test(word) };
  });
  const { id, name, reason, findings } = columns;
  for (let row = 0; row < count; row++) {
    if (before && !before[row]) continue;
    hits[row] = tests.every(({ pattern, inJson, inFacets, isArn }) => inFacets.some(({ column, matches }) => matches[column[row]])
      || pattern.test(id[row]) || pattern.test(name[row]) || pattern.test(reason[row])
      || inJson.test(findings[row]) || (isArn && pattern.test(arn(row)))) ? 1 : 0;
  }
  searched = { query, hits };
}

// Counts each facet among the rows that the other filters leave, so that one can choose another value.
function filter() {
  sortRows();
  search();
  const { hits } = searched;
  const tested = FACETS.map((name, index) => {
    const { values, column } = facets[name];
    const wanted = selected[name];
    const fails = Uint8Array.from(values, (value) => (wanted && !members(name, value).some((member) => wanted.has(member)) ? 1 << index : 0));
    return { column, fails, counts: new Uint32Array(values.length) };
  });
  const mapped = { rows: facets[by], rules: facets.rule, cells: new Uint32Array(facets[by].values.length * facets.rule.values.length * SEVERITIES.length) };
  const isMapped = (1 << FACETS.indexOf(by)) | (1 << FACETS.indexOf('rule'));
  const severities = facets.severity.values.map((value) => SEVERITIES.indexOf(value));
  const kept = new Uint32Array(count);
  let length = 0;
  for (const row of order) {
    if (hits && !hits[row]) continue;
    let failed = 0;
    for (const { column, fails } of tested) failed |= fails[column[row]];
    if (failed === 0) kept[length++] = row;
    if ((failed & (failed - 1)) === 0) {
      for (let index = 0; index < tested.length; index++) {
        if (failed === 0 || failed === 1 << index) tested[index].counts[tested[index].column[row]] += 1;
      }
    }
    if ((failed & ~isMapped) === 0) {
      const cell = mapped.rows.column[row] * mapped.rules.values.length + mapped.rules.column[row];
      mapped.cells[cell * SEVERITIES.length + severities[facets.severity.column[row]]] += 1;
    }
  }
  shown = kept.slice(0, length);
  facetCounts = {};
  FACETS.forEach((name, index) => {
    const counts = new Map();
    facets[name].values.forEach((value, number) => {
      for (const member of members(name, value)) counts.set(member, (counts.get(member) || 0) + tested[index].counts[number]);
    });
    facetCounts[name] = counts;
  });
  return mapped;
}

// --- The state in the address.

function readAddress() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  selected = {};
  for (const name of FACETS) {
    const values = parameters.getAll(name);
    if (values.length) selected[name] = new Set(values);
  }
  query = parameters.get('q') || '';
  sort = parameters.get('sort') || DEFAULT_SORT;
  if (!COLUMNS.some(({ name }) => name === sort.replace('-', ''))) sort = DEFAULT_SORT;
  const several = (name) => facets[name].values.length > 1;
  by = parameters.get('by');
  const isChosen = ['account', 'region', 'type'].includes(by);
  $('by').dataset.chosen = isChosen ? 'yes' : '';
  if (!isChosen) by = several('account') || !several('region') ? 'account' : 'region';
  const number = parameters.has('open') ? Number(parameters.get('open')) : NaN;
  open = Number.isInteger(number) && number >= 0 && number < count ? number : null;
}

function writeAddress() {
  const parameters = new URLSearchParams();
  for (const name of FACETS) for (const value of selected[name] || []) parameters.append(name, value);
  if (query) parameters.set('q', query);
  if (sort !== DEFAULT_SORT) parameters.set('sort', sort);
  if ($('by').dataset.chosen) parameters.set('by', by);
  if (open !== null) parameters.set('open', open);
  history.replaceState(null, '', `#${parameters}`);
}

const isSelected = (name, value) => Boolean(selected[name] && selected[name].has(value));

function select(name, values) {
  if (values.length) selected[name] = new Set(values);
  else delete selected[name];
}

function toggle(name, value) {
  const values = new Set(selected[name]);
  if (!values.delete(value)) values.add(value);
  select(name, [...values]);
  update();
}

// --- Above the list.

function showHead() {
  const { version, made, files, resources, totals } = head;
  const [compliant, nonCompliant, notApplicable, errors] = totals;
  const rules = new Set(head.groups.filter(([rule]) => rule).map(([rule]) => rule)).size;
  const accounts = new Set(head.groups.filter(([, account]) => account).map(([, account]) => account)).size;
  const over = [[files, 'file'], [resources, 'resource'], [rules, 'Config rule'], [accounts, 'account']].filter(([count]) => count > 0);
  $('origin').textContent = [
    `config-rules ${version}`, `${made.replace('T', ' ').replace('Z', '')} UTC`, over.map(([count, what]) => plural(count, what)).join(', '),
  ].filter(Boolean).join(' · ');
  $('totals').hidden = head.groups.length === 0;
  $('partial').hidden = !head.isInterrupted;
  const share = resources ? ` (${Math.max(1, Math.round((100 * head.nonCompliantResources) / resources))}%)` : '';
  if (head.nonCompliantResources > 0) {
    $('headline').textContent = `${number(head.nonCompliantResources)} of ${plural(resources, 'resource')} ${head.nonCompliantResources === 1 ? 'is' : 'are'} NON_COMPLIANT${share}`;
  } else if (nonCompliant > 0) {
    $('headline').textContent = `${plural(nonCompliant, 'result')} NON_COMPLIANT`;
  } else if (compliant + notApplicable > 0) {
    $('headline').textContent = errors > 0 ? 'Nothing is NON_COMPLIANT, but not everything could be evaluated' : 'Nothing is NON_COMPLIANT';
  } else {
    $('headline').textContent = errors > 0 ? 'Nothing could be evaluated' : 'Nothing was evaluated';
  }
  const leftOut = [
    head.olderVersions ? `${plural(head.olderVersions, 'older version')} of resources` : '',
    head.notEvaluated ? `${plural(head.notEvaluated, 'resource')} that no rule here evaluates, for their type or the rules' scope` : '',
  ].filter(Boolean);
  $('left-out').textContent = [
    `Not listed: ${plural(compliant, 'result')} COMPLIANT, ${number(notApplicable)} NOT_APPLICABLE.`,
    leftOut.length ? `Left out of the evaluation: ${leftOut.join('; ')}.` : '',
  ].filter(Boolean).join(' ');
}

// Where it is worst: what one would say first.
function showWhere() {
  const worst = SEVERITIES.find((severity) => severity !== 'ERROR' && facets.severity.numbers.has(severity));
  $('where').replaceChildren();
  if (!worst) return;
  const tally = (name) => {
    const counts = new Uint32Array(facets[name].values.length);
    const wanted = facets.severity.numbers.get(worst);
    for (let row = 0; row < count; row++) if (facets.severity.column[row] === wanted) counts[facets[name].column[row]] += 1;
    const most = counts.indexOf(Math.max(...counts));
    return [facets[name].values[most], counts[most], counts.reduce((sum, count) => sum + count, 0)];
  };
  const several = facets.account.values.filter(Boolean).length > 1;
  const [place, most, all] = tally(several ? 'account' : 'rule');
  if (most === all && !several) return;
  const facet = several ? 'account' : 'rule';
  $('where').append(
    `What is ${severityName(worst).toLowerCase()} is most often ${several ? 'in account' : 'found by'} `,
    element('button', { type: 'button', class: 'link', onclick: () => { select(facet, [place]); select('severity', [worst]); update(); } }, shownName(place)),
    `: ${number(most)} of ${number(all)}.`,
  );
}

function showTiles() {
  const counts = facetCounts.severity;
  $('tiles').replaceChildren(...SEVERITIES
    .filter((severity) => facets.severity.numbers.has(severity) || ['CRITICAL', 'HIGH'].includes(severity))
    .map((severity) => element('button', {
      type: 'button', class: `tile ${severity}`, 'aria-pressed': String(isSelected('severity', severity)), onclick: keepFocus(() => toggle('severity', severity)), 'data-key': `tile ${severity}`,
    }, element('strong', {}, number(counts.get(severity) || 0)), ' ', element('span', {}, severityName(severity)))));
}

// What is made anew loses the focus, which its successor gets.
function keepFocus(action) {
  return (event) => {
    const { key } = event.currentTarget.dataset;
    action();
    const successor = [...document.querySelectorAll('[data-key]')].find((candidate) => candidate.dataset.key === key);
    if (successor) successor.focus({ preventScroll: true });
  };
}

const total = (cell) => cell.reduce((sum, count) => sum + count, 0);
const inWords = (cell) => SEVERITIES.map((severity, index) => (cell[index] ? `${number(cell[index])} ${severityName(severity).toLowerCase()}` : '')).filter(Boolean).join(', ') || 'nothing';
const byWeight = (one, other) => SEVERITIES.map((_, index) => other[index] - one[index]).find(Boolean) || 0;

function bar(cell, most) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'bar');
  svg.setAttribute('viewBox', '0 0 100 10');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  let x = 0;
  SEVERITIES.forEach((severity, index) => {
    if (!cell[index]) return;
    const rectangle = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const width = Math.max((100 * cell[index]) / most, 0.8);
    for (const [name, value] of Object.entries({ class: severity, x, y: 0, width, height: 10 })) rectangle.setAttribute(name, value);
    x += width;
    svg.append(rectangle);
  });
  return svg;
}

// A heat map of what the filters leave, but for those by what it shows itself.
function showMap({ rows, rules, cells }) {
  const size = SEVERITIES.length;
  const cellAt = (row, rule) => cells.subarray((row * rules.values.length + rule) * size, (row * rules.values.length + rule + 1) * size);
  const sums = (list) => list.reduce((sum, cell) => sum.map((count, index) => count + cell[index]), new Array(size).fill(0));
  const ruleNumbers = rules.values.map((_, rule) => rule);
  const ofRules = ruleNumbers.map((rule) => sums(rows.values.map((_, row) => cellAt(row, rule))));
  const shownRules = ruleNumbers.filter((rule) => total(ofRules[rule])).sort((one, other) => byWeight(ofRules[one], ofRules[other]));
  const ofRows = rows.values.map((_, row) => sums(ruleNumbers.map((rule) => cellAt(row, rule))));
  const shownRows = rows.values.map((_, row) => row).filter((row) => total(ofRows[row])).sort((one, other) => byWeight(ofRows[one], ofRows[other]) || compare(rows.values[one], rows.values[other]));
  const most = Math.max(1, ...shownRows.map((row) => total(ofRows[row])));
  const hottest = Math.max(1, ...shownRows.flatMap((row) => shownRules.map((rule) => total(cellAt(row, rule)))));
  const limit = expanded.map ? Infinity : 10;
  const button = (facet, value, words, ...children) => element('button', {
    type: 'button', 'aria-pressed': String(isSelected(facet, value)), title: visible(`${shownName(value)}: ${words}`), 'data-key': `${facet} ${value}`, onclick: keepFocus(() => toggle(facet, value)),
  }, ...children);

  const heading = element('tr', {}, element('th', { scope: 'col' }, TITLES[by]), element('th', { scope: 'col', class: 'all' }, 'All'),
    ...shownRules.map((rule) => element('th', { scope: 'col' }, button('rule', rules.values[rule], inWords(ofRules[rule]),
      element('span', {}, shownName(rules.values[rule]))))));
  const lines = shownRows.filter((row, place) => place < limit || isSelected(by, rows.values[row])).map((row) => {
    const name = rows.values[row];
    const header = element('th', { scope: 'row' }, button(by, name, inWords(ofRows[row]), shownName(name)));
    const all = element('td', { class: 'all', title: inWords(ofRows[row]) }, element('span', {}, number(total(ofRows[row]))), bar(ofRows[row], most));
    return element('tr', {}, header, all, ...shownRules.map((rule) => {
      const cell = cellAt(row, rule);
      if (!total(cell)) return element('td', { class: 'empty' }, '·');
      const ruleName = rules.values[rule];
      const isPressed = isSelected(by, name) && isSelected('rule', ruleName);
      const words = `${shownName(name)}, ${shownName(ruleName)}: ${inWords(cell)}${by === 'account' ? evaluated(ruleName, name) : ''}`;
      const pressed = element('button', {
        type: 'button', class: SEVERITIES[cell.findIndex(Boolean)], 'aria-pressed': String(isPressed), 'aria-label': visible(words), title: visible(words), 'data-key': `cell ${name} ${ruleName}`,
        onclick: keepFocus(() => {
          select(by, isPressed ? [] : [name]);
          select('rule', isPressed ? [] : [ruleName]);
          update();
        }),
      }, number(total(cell)));
      pressed.style.setProperty('--heat', `${Math.round(14 + (46 * Math.log(1 + total(cell))) / Math.log(1 + hottest))}%`);
      return element('td', {}, pressed);
    }));
  });
  $('map').replaceChildren(
    element('caption', {}, 'How many results there are. The color is that of the gravest; the stronger, the more.'),
    element('thead', {}, heading), element('tbody', {}, ...lines));
  showMore('more-map', 'map', shownRows.length, 10);
  $('by').value = by;
}

function evaluated(rule, account) {
  const group = head.groups.find(([ofRule, ofAccount]) => ofRule === rule && ofAccount === account);
  return group ? `; of ${plural(total(group[2]), 'result')} in all` : '';
}

function showMore(id, key, length, limit) {
  $(id).hidden = length <= limit;
  $(id).textContent = expanded[key] ? `Show the first ${limit} only` : `Show all ${number(length)}`;
}

function showCodes() {
  const severityOf = (code) => (head.codes[code] ? head.codes[code].severity : 'ERROR');
  const codes = [...facetCounts.codes].filter(([code, count]) => code && (count || isSelected('codes', code)))
    .sort(([one, ones], [other, others]) => SEVERITIES.indexOf(severityOf(one)) - SEVERITIES.indexOf(severityOf(other)) || others - ones);
  const limit = expanded.codes ? Infinity : 6;
  $('codes').replaceChildren(...codes.slice(0, limit).map(([code, count]) => element('li', {},
    element('button', { type: 'button', 'aria-pressed': String(isSelected('codes', code)), 'data-key': `code ${code}`, onclick: keepFocus(() => toggle('codes', code)) },
      badge(severityOf(code)), ' ', element('strong', {}, code), ' ', element('span', { class: 'amount' }, number(count))),
    element('p', {}, head.codes[code] ? head.codes[code].remedy : 'Could not be evaluated: the reason says why.'))));
  showMore('more-codes', 'codes', codes.length, 6);
}

function showTotals() {
  const kinds = ['COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE', 'Not evaluated'];
  const show = (id, title, key) => {
    const sums = new Map();
    for (const group of head.groups) {
      const sum = sums.get(group[key]) || [0, 0, 0, 0];
      sums.set(group[key], sum.map((count, index) => count + group[2][index]));
    }
    const lines = [...sums].sort(([one, ones], [other, others]) => others[1] - ones[1] || compare(one, other));
    $(id).replaceChildren(
      element('thead', {}, element('tr', {}, ...[title, ...kinds].map((name) => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...lines.map(([name, counts]) => element('tr', {}, element('th', { scope: 'row' }, shownName(name)), ...counts.map((count) => element('td', {}, number(count)))))));
  };
  show('totals-by-rule', 'Config rule', 0);
  show('totals-by-account', 'Account', 1);
}

// --- Filters and order, as people choose them.

function makeSelects() {
  const choices = FACETS.filter((name) => name !== 'severity').map((name) => element('label', {}, TITLES[name], element('select', {
    'data-facet': name,
    onchange: (event) => {
      const { value } = event.target;
      if (value === 'several') return;
      select(name, value === 'all' ? [] : [value.slice(1)]);
      update();
    },
  })));
  const sorts = COLUMNS.flatMap(({ name, title }) => [[name, title], [`-${name}`, `${title}, from the end`]]);
  const order = element('label', { class: 'order' }, 'Order', element('select', { id: 'sort', onchange: (event) => { sort = event.target.value; update(); } },
    ...sorts.map(([value, title]) => element('option', { value }, title))));
  $('selects').replaceChildren(...choices, order);
}

function showSelects() {
  for (const choice of document.querySelectorAll('select[data-facet]')) {
    const name = choice.dataset.facet;
    const counts = [...facetCounts[name]].filter(([value, count]) => count || isSelected(name, value)).sort(([one], [other]) => compare(one, other));
    const wanted = [...(selected[name] || [])];
    // An option's value begins with a sign that no name can take for "all".
    const options = counts.map(([value, count]) => element('option', { value: `=${value}` }, `${shownName(value)} (${number(count)})`));
    for (const value of wanted.filter((value) => !facetCounts[name].has(value))) options.push(element('option', { value: `=${value}` }, `${shownName(value)} (0)`));
    if (wanted.length > 1) options.unshift(element('option', { value: 'several' }, `${wanted.length} chosen`));
    options.unshift(element('option', { value: 'all' }, `All (${number(counts.length)})`));
    choice.replaceChildren(...options);
    choice.value = wanted.length > 1 ? 'several' : wanted.length === 1 ? `=${wanted[0]}` : 'all';
    choice.classList.toggle('chosen', wanted.length > 0);
  }
  $('sort').value = sort;
  if ($('query').value !== query) $('query').value = query;
  const isFiltered = Boolean(query) || Object.keys(selected).length > 0;
  $('clear').hidden = !isFiltered;
  $('count').textContent = isFiltered ? `${number(shown.length)} of ${plural(count, 'result')}` : plural(count, 'result');
  $('none').hidden = shown.length > 0;
  $('none').textContent = count ? 'No result matches. Clear a filter, or search for less.' : 'There is nothing to list.';
  table.hidden = shown.length === 0;
  $('filters').hidden = count === 0;
  $('overview').hidden = count === 0;
}

function showHeadings() {
  table.tHead.rows[0].replaceChildren(...COLUMNS.map(({ name, title }) => {
    const isSorted = sort.replace('-', '') === name;
    const direction = sort[0] === '-' ? 'descending' : 'ascending';
    return element('th', { role: 'columnheader', scope: 'col', class: name, 'aria-sort': isSorted ? direction : 'none' },
      element('button', {
        type: 'button', 'data-key': `sort ${name}`, onclick: keepFocus(() => { sort = sort === name ? `-${name}` : name; update(); }),
      }, title, element('span', { 'aria-hidden': 'true' }, isSorted ? (direction === 'ascending' ? ' ▲' : ' ▼') : '')));
  }));
}

// --- The list, of which only what can be seen is there.

function makeRow(row) {
  const line = element('tr', {
    role: 'row',
    onclick: (event) => {
      // Whoever selects text does not want the row.
      if (String(getSelection()) === '' || event.detail === 0) openRow(row);
    },
  });
  const cell = (name, ...children) => element('td', { role: 'cell', class: name }, ...children);
  const id = value('id', row) || value('file', row).split('/').pop();
  const kind = value('type', row).replace(/^AWS::/, '');
  const [name, rule, reason, notes] = ['name', 'rule', 'reason', 'notes'].map((column) => value(column, row));
  line.append(
    cell('severity', badge(value('severity', row))),
    cell('resource', element('button', { type: 'button', class: 'id', tabindex: -1 }, shownName(id)),
      element('span', { class: 'second' }, [name && name !== id ? name : '', kind, notes.includes('older') ? 'older version' : ''].filter(Boolean).join(' · '))),
    cell('rule', element('span', { class: 'first' }, shownName(rule)), element('span', { class: 'second' }, value('codes', row))),
    cell('account', element('span', { class: 'first' }, shownName(value('account', row))), element('span', { class: 'second' }, value('region', row))),
    cell('reason', element('span', {}, printing ? reason : reason.slice(0, 400))),
  );
  return line;
}

const spacer = () => element('tr', { 'aria-hidden': 'true', class: 'spacer' });
const above = spacer();
const below = spacer();

// Where the list is, in rows and pixels.
function view() {
  const scrolled = Math.max(0, -body.getBoundingClientRect().top);
  const tall = shown.length * rowHeight;
  const height = Math.min(tall, TALLEST);
  const scale = tall > height ? (tall - innerHeight) / (height - innerHeight) : 1;
  return { scrolled, height, scale };
}

function renderRows() {
  if (printing) return;
  const { scrolled, height, scale } = view();
  const from = Math.max(0, Math.min(Math.floor((scrolled * scale) / rowHeight) - 6, shown.length - 1));
  const to = Math.min(shown.length, from + Math.ceil(innerHeight / rowHeight) + 14);
  const wanted = new Set(shown.subarray(from, to));
  // First of all what has to go: a row that is moved loses the focus. To take the focus makes the layout anew, which would scroll
  // if some rows were gone already.
  const gone = [...elements].filter(([row]) => !wanted.has(row));
  if (gone.some(([, line]) => line.contains(document.activeElement))) body.focus({ preventScroll: true });
  for (const [row, line] of gone) {
    line.remove();
    elements.delete(row);
  }
  let before = above;
  for (let place = from; place < to; place++) {
    const row = shown[place];
    let line = elements.get(row);
    if (!line) {
      line = makeRow(row);
      elements.set(row, line);
    }
    if (before.nextSibling !== line) before.after(line);
    line.setAttribute('aria-rowindex', place + 2);
    line.classList.toggle('open', row === open);
    line.querySelector('button').tabIndex = place === active ? 0 : -1;
    before = line;
  }
  if (active < from || active >= to) {
    const first = elements.get(shown[Math.min(from + 6, to - 1)]);
    if (first) first.querySelector('button').tabIndex = 0;
  }
  const top = scale === 1 ? from * rowHeight : Math.max(0, scrolled - (scrolled * scale - from * rowHeight));
  above.style.height = `${top}px`;
  below.style.height = `${Math.max(0, height - top - (to - from) * rowHeight)}px`;
}

function redrawRows() {
  elements.clear();
  body.replaceChildren(above, below);
  table.setAttribute('aria-rowcount', shown.length + 1);
  rowHeight = parseFloat(getComputedStyle(root).getPropertyValue('--row')) || 56;
  renderRows();
}

function go(place) {
  if (shown.length === 0) return;
  active = Math.max(0, Math.min(place, shown.length - 1));
  const { scrolled, scale } = view();
  const covered = table.tHead.getBoundingClientRect().bottom;
  const bodyTop = body.getBoundingClientRect().top;
  const top = bodyTop + scrolled - scrolled * scale + active * rowHeight;
  const margin = Math.max(0, getComputedStyle(table.tHead).display === 'none' ? 0 : covered);
  if (top < margin || top + rowHeight > innerHeight) {
    const target = top < margin ? active * rowHeight - margin : active * rowHeight - innerHeight + rowHeight + 8;
    scrollTo(0, scrollY + bodyTop + target / scale);
  }
  renderRows();
  const line = elements.get(shown[active]);
  if (line) line.querySelector('button').focus({ preventScroll: true });
}

// --- One result.

const isWide = () => matchMedia('(min-width: 1100px)').matches;

function openRow(row, isMoved = true) {
  open = row;
  const place = shown.indexOf(row);
  if (place >= 0) active = place;
  writeAddress();
  showDetail();
  renderRows();
  if (isMoved) $('detail').focus({ preventScroll: true });
}

function closeDetail() {
  const row = open;
  open = null;
  writeAddress();
  showDetail();
  const place = shown.indexOf(row);
  if (place >= 0) go(place);
}

function copyButton(text, what) {
  const button = element('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${what}` }, 'Copy');
  button.addEventListener('click', async () => {
    button.textContent = (await copied(text)) ? 'Copied' : 'Not allowed';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  return button;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Browsers keep the clipboard from some pages that are files.
    const area = element('textarea', { class: 'unseen', readonly: true });
    area.value = text;
    document.body.append(area);
    area.select();
    const isDone = document.execCommand('copy');
    area.remove();
    return isDone;
  }
}

// Evidence as it is: objects and lists within each other.
function tree(value) {
  if (Array.isArray(value)) {
    if (value.every((entry) => entry === null || typeof entry !== 'object')) return element('span', {}, value.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry))).join(', ') || '(none)');
    return element('ul', {}, ...value.map((entry) => element('li', {}, tree(entry))));
  }
  if (value !== null && typeof value === 'object') {
    return element('dl', {}, ...Object.entries(value).filter(([, entry]) => entry !== null).flatMap(([name, entry]) => [element('dt', {}, name), element('dd', {}, tree(entry))]));
  }
  return element('span', {}, typeof value === 'number' ? number(value) : typeof value === 'string' ? value : JSON.stringify(value));
}

function showDetail() {
  const detail = $('detail');
  const wasOpen = !detail.hidden;
  detail.hidden = open === null;
  $('results').classList.toggle('with-detail', open !== null);
  root.classList.toggle('covered', open !== null && !isWide());
  if (wasOpen !== !detail.hidden && count) renderRows();
  if (open === null) return;
  const row = open;
  const get = (name) => value(name, row);
  const ofFacet = (name) => element('button', {
    type: 'button', class: 'link', title: `Filter by this: ${TITLES[name]}`, onclick: () => { select(name, [get(name)]); update(); },
  }, shownName(get(name)));
  const facts = [];
  const fact = (title, ...children) => facts.push(element('dt', {}, title), element('dd', {}, ...children));
  if (get('id')) fact('Id', element('code', {}, get('id')), ' ', copyButton(get('id'), 'the id'));
  if (get('name') && get('name') !== get('id')) fact('Name', get('name'));
  if (arn(row)) fact('ARN', element('code', {}, arn(row)), ' ', copyButton(arn(row), 'the ARN'));
  for (const name of ['account', 'region', 'type', 'rule']) if (get(name)) fact(TITLES[name], ofFacet(name));
  if (get('catalogueRule') && get('catalogueRule') !== get('rule')) fact('Rule', get('catalogueRule'));
  if (get('time')) fact('Recorded', `${get('time').replace('T', ' ').replace('Z', '')} UTC${get('notes').includes('older') ? ', an older version' : ''}`);
  fact('File', get('file') === '-' ? 'standard input' : get('file'));
  if (get('notes').includes('unexpected')) fact('Expected', "Not what the file's name says");

  const isError = get('severity') === 'ERROR';
  const findings = get('findings') ? JSON.parse(get('findings')) : [];
  const parts = findings.map(([code, severity, sentence, evidence], index) => element('section', { class: `finding ${severity}` },
    element('h3', {}, badge(severity), ' ', code),
    element('p', { class: 'sentence' }, index === 0 ? get('reason') : sentence),
    head.codes[code] && head.codes[code].remedy ? element('div', { class: 'remedy' }, element('h4', {}, 'What to do'), element('p', {}, head.codes[code].remedy)) : null,
    Object.keys(evidence).length ? element('details', { open: true }, element('summary', {}, 'Evidence'), tree(evidence)) : null));
  if (!parts.length) {
    parts.push(element('section', { class: `finding ${get('severity')}` },
      element('h3', {}, badge(get('severity')), ' ', get('codes')),
      element('p', { class: 'sentence' }, get('reason')),
      isError ? element('p', {}, 'Whether the resource is as it should be is not known.') : null));
  }
  const place = shown.indexOf(row);
  detail.replaceChildren(
    element('div', { class: 'top' },
      element('h2', {}, get('name') || get('id') || get('file')),
      element('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: closeDetail }, '✕')),
    ...(place < 0 ? [element('p', { class: 'warning' }, 'The filters leave this result out of the list.')] : []),
    ...parts,
    element('dl', { class: 'facts' }, ...facts));
  detail.scrollTop = 0;
}

// --- All together.

function update() {
  const mapped = filter();
  active = Math.max(0, open === null ? 0 : shown.indexOf(open));
  showTiles();
  showMap(mapped);
  showCodes();
  showSelects();
  showHeadings();
  showDetail();
  // Who has scrolled down sees the beginning of what is new.
  const top = $('filters').getBoundingClientRect().top;
  if (top <= 0 && scrollY > 0) scrollTo(0, scrollY + $('results').getBoundingClientRect().top - $('filters').offsetHeight);
  redrawRows();
  writeAddress();
}

function listen() {
  let waiting;
  $('query').addEventListener('input', (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { query = event.target.value.trim(); update(); }, count > 20000 ? 150 : 0);
  });
  $('by').addEventListener('change', (event) => { by = event.target.value; event.target.dataset.chosen = 'yes'; update(); });
  $('clear').addEventListener('click', () => { selected = {}; query = ''; update(); $('query').focus(); });
  $('skip').addEventListener('click', (event) => { event.preventDefault(); $('results').scrollIntoView(); go(active); });
  for (const key of ['map', 'codes']) $(`more-${key}`).addEventListener('click', () => { expanded[key] = !expanded[key]; update(); });
  addEventListener('scroll', renderRows, { passive: true });
  addEventListener('resize', () => { placeHeadings(); redrawRows(); showDetail(); });
  addEventListener('hashchange', () => { readAddress(); update(); });
  addEventListener('keydown', onKey);
  addEventListener('beforeprint', () => { printing = true; printRows(); });
  addEventListener('afterprint', () => { printing = false; redrawRows(); });
  $('more-filters').addEventListener('toggle', placeHeadings);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === 'Escape') {
    if (open !== null) closeDetail();
    else if (event.target === $('query')) event.target.blur();
    return;
  }
  if (event.key === '/' && !isTyping) {
    event.preventDefault();
    $('query').focus();
    return;
  }
  const isInList = body.contains(event.target) || event.target === document.body || (event.target === $('detail') && isWide());
  const isFromSearch = event.target === $('query') && event.key === 'ArrowDown';
  if ((!isInList || isTyping) && !isFromSearch) return;
  const page = Math.max(1, Math.floor(innerHeight / rowHeight) - 3);
  // From where nothing has the focus, arrows scroll as they do everywhere.
  if (event.target === document.body) return;
  const steps = { ArrowDown: active + (isFromSearch ? 0 : 1), ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: shown.length - 1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  go(steps[event.key]);
  if (open !== null && isWide()) openRow(shown[active], false);
}

// The headings of the list stay below the filters.
function placeHeadings() {
  root.style.setProperty('--filters', `${$('filters').offsetHeight}px`);
}

function printRows() {
  elements.clear();
  const lines = [...shown.slice(0, PRINTED)].map((row) => makeRow(row));
  if (shown.length > PRINTED) lines.push(element('tr', {}, element('td', { colspan: 5 }, `and ${number(shown.length - PRINTED)} more: filter before you print`)));
  body.replaceChildren(...lines);
}

async function start() {
  await eachLine('head', (line) => { head = line; });
  $('fallback').hidden = true;
  $('app').hidden = false;
  prepare();
  showHead();
  showTotals();
  await eachLine('data', readBlock);
  if (count !== head.rows) throw new Error(`${count} of ${head.rows} results`);
  $('more-filters').open = matchMedia('(min-width: 700px)').matches;
  makeSelects();
  showWhere();
  readAddress();
  const isOpen = open;
  update();
  placeHeadings();
  listen();
  if (isOpen !== null && isWide()) go(active);
  root.dataset.ready = Math.round(performance.now());
}

if (typeof DecompressionStream === 'function' && typeof TextDecoderStream === 'function') {
  start().catch((error) => {
    $('fallback').hidden = false;
    $('app').hidden = true;
    $('problem').textContent = `This page is damaged, perhaps cut off on its way: ${error.message}. Ask for it again.`;
  });
}
