/// The script of a study's page: draws the charts and tells of the trial under the pointer.
let studyReportScript = #"""
  'use strict';
  const study = JSON.parse(document.getElementById('data').textContent);
  const charts = document.getElementById('charts'), tip = document.getElementById('tip');
  const done = study.trials.filter(t => t.v.length && t.v.every(v => v !== null));
  const stateColours = { complete: 'var(--s0)', pruned: 'var(--s1)', running: 'var(--s2)', waiting: 'var(--axis)', failed: 'var(--s4)' };
  let objective = 0;
  const redraws = [];

  function short(v) {
    if (v === null || v === undefined) return '–';
    const a = Math.abs(v);
    if (a === 0) return '0';
    if (a >= 1e6 || a < 1e-3) return v.toExponential(2).replace('e+', 'e').replace(/\.?0+e/, 'e');
    return String(Number(v.toPrecision(a >= 100 ? 4 : 3)));
  }
  const exact = v => v === null ? '–' : String(Number(v.toPrecision(6)));
  const paramText = (p, v) => v === null ? '–' : p.choices.length ? p.choices[v] : exact(v);

  // Colours from the best (dark) to the worst (pale) share of values.
  const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
  function colour(share) {
    const place = Math.min(Math.max(share, 0), 1) * 4, i = Math.min(3, Math.floor(place)), f = place - i;
    return `rgb(${stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * f)).join(',')})`;
  }
  function ranks() {
    const sorted = done.slice().sort((a, b) => study.signs[objective] * (a.v[objective] - b.v[objective]));
    return new Map(sorted.map((t, i) => [t, sorted.length > 1 ? i / (sorted.length - 1) : 0]));
  }

  function make(name, parent, attributes = {}, text) {
    const made = document.createElement(name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }
  function draw(name, parent, attributes, text) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  function tell(trial, event) {
    if (!trial) { tip.hidden = true; return; }
    const lines = [`trial ${trial.n}, ${trial.s}${trial.f ? '' : ', a constraint is broken'}`];
    study.metrics.forEach((m, i) => { if (trial.v.length) lines.push(`${m}  ${exact(trial.v[i])}`); });
    study.params.forEach((p, i) => { if (trial.p[i] !== null) lines.push(`${p.name}  ${paramText(p, trial.p[i])}`); });
    if (trial.a !== null && trial.b !== null) lines.push(`${short(trial.b - trial.a)} s`);
    tip.textContent = lines.slice(0, 24).join('\n');
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 8)) + 'px';
    tip.style.top = Math.max(4, Math.min(event.clientY + 14, innerHeight - box.height - 8)) + 'px';
  }

  function linear(low, high, count) {
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw)), part = raw / power;
    const step = (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power, list = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) list.push(Number((i * step).toPrecision(12)));
    return list;
  }
  // An axis: where a value lies from 0 to 1, and the marks.
  function axis(values, options = {}) {
    if (options.choices && options.choices.length) {
      const n = options.choices.length, at = v => (v + 0.5) / n;
      return { at, marks: options.choices.map((c, i) => [at(i), c.length > 12 ? c.slice(0, 11) + '…' : c]) };
    }
    let list = values.filter(v => v !== null && isFinite(v));
    const log = options.log && list.every(v => v > 0);
    let low = list.reduce((a, b) => Math.min(a, b), Infinity), high = list.reduce((a, b) => Math.max(a, b), -Infinity);
    if (low > high) { low = 0; high = 1; }
    const f = log ? Math.log10 : v => v, back = log ? v => 10 ** v : v => v;
    let a = f(low), b = f(high);
    if (a === b) { a -= 0.5; b += 0.5; }
    const margin = (b - a) * (options.tight ? 0 : 0.04);
    a -= margin; b += margin;
    const at = v => (f(v) - a) / (b - a);
    let marks;
    if (log) {
      marks = [];
      const every = Math.max(1, Math.ceil((b - a) / (options.count || 5)));
      for (let p = Math.ceil(a); p <= b; p++) if (p % every === 0) marks.push(10 ** p);
      if (marks.length < 2) marks = [back(a + margin), back((a + b) / 2), back(b - margin)];
    } else marks = linear(a, b, options.count || 5);
    return { at, marks: marks.map(m => [at(m), short(m)]), back: share => back(a + share * (b - a)) };
  }

  function card(title, wide) {
    const section = make('section', charts, wide ? { class: 'wide' } : {}), head = make('div', section, { class: 'head' });
    make('h2', head, {}, title);
    return { section, tools: make('div', head), body: make('div', section) };
  }
  function button(tools, text, action) {
    const made = make('button', tools, { type: 'button', 'aria-pressed': 'false' }, text);
    made.onclick = () => { made.setAttribute('aria-pressed', String(made.getAttribute('aria-pressed') !== 'true')); action(made.getAttribute('aria-pressed') === 'true'); };
  }
  function choice(tools, names, chosen, label, action) {
    const made = make('select', tools, { 'aria-label': label });
    names.forEach((n, i) => make('option', made, { value: i }, n));
    made.value = chosen;
    made.onchange = () => action(Number(made.value));
  }
  function legend(body, entries) {
    const place = make('div', body, { class: 'legend' });
    for (const [name, fill] of entries) { const label = make('span', place); make('i', label, { style: `background:${fill}` }); label.append(name); }
  }

  // A frame with axes, in which `inside(px, py, svg, frame)` draws; points are told of under the pointer.
  function plot(body, x, y, labels, inside, points, height = 260) {
    const place = make('div', body, { class: 'plot' });
    const width = Math.max(240, place.clientWidth || 560), svg = draw('svg', place, { viewBox: `0 0 ${width} ${height}` });
    const left = 14 + 7 * Math.max(1, ...y.marks.map(m => m[1].length)), right = width - 12, top = 10, bottom = height - 40;
    const px = v => left + x.at(v) * (right - left), py = v => bottom - y.at(v) * (bottom - top);
    for (const [share, name] of y.marks) {
      const h = bottom - share * (bottom - top);
      draw('line', svg, { x1: left, x2: right, y1: h, y2: h, stroke: 'var(--line)' });
      draw('text', svg, { x: left - 8, y: h + 4, 'text-anchor': 'end' }, name);
    }
    draw('line', svg, { x1: left, x2: right, y1: bottom, y2: bottom, stroke: 'var(--axis)' });
    let free = -Infinity;
    for (const [share, name] of x.marks) {
      const w = left + share * (right - left), half = name.length * 3.6;
      if (w - half < free) continue;
      free = w + half + 6;
      draw('line', svg, { x1: w, x2: w, y1: bottom, y2: bottom + 4, stroke: 'var(--axis)' });
      draw('text', svg, { x: w, y: bottom + 18, 'text-anchor': 'middle' }, name);
    }
    draw('text', svg, { x: right, y: height - 4, 'text-anchor': 'end' }, labels[0]);
    if (labels[1]) draw('text', svg, { x: left, y: height - 4 }, '↑ ' + labels[1]);
    inside(px, py, svg, { left, right, top, bottom });
    const mark = draw('circle', svg, { r: 6, fill: 'none', stroke: 'var(--ink)', 'stroke-width': 2, visibility: 'hidden' });
    svg.addEventListener('pointermove', event => {
      const box = svg.getBoundingClientRect(), scale = width / box.width;
      const a = (event.clientX - box.left) * scale, b = (event.clientY - box.top) * scale;
      let best = null, near = 26 ** 2;
      for (const p of points) {
        const d = (px(p.x) - a) ** 2 + (py(p.y) - b) ** 2;
        if (d < near) { near = d; best = p; }
      }
      tell(best && best.t, event);
      mark.setAttribute('visibility', best ? 'visible' : 'hidden');
      if (best) { mark.setAttribute('cx', px(best.x)); mark.setAttribute('cy', py(best.y)); }
    });
    svg.addEventListener('pointerleave', () => { tip.hidden = true; mark.setAttribute('visibility', 'hidden'); });
  }
  const dot = (svg, x, y, fill, r = 3.2) => draw('circle', svg, { cx: x.toFixed(1), cy: y.toFixed(1), r, fill, 'fill-opacity': 0.85 });
  const line = (svg, points, stroke, width = 2, opacity = 1) => points.length && draw('path', svg, { fill: 'none', stroke, 'stroke-width': width,
    'stroke-opacity': opacity, 'stroke-linejoin': 'round', d: points.map((p, i) => (i ? 'L' : 'M') + p[0].toFixed(1) + ' ' + p[1].toFixed(1)).join('') });
  const values = () => done.map(t => t.v[objective]);
  const metric = () => study.metrics[objective];
  const paramAxis = (p, count) => axis(p.choices.length ? [] : [p.low, p.high], { choices: p.choices, log: p.log, count });

  function onDraw(body, action) {
    const redraw = () => { body.textContent = ''; action(); };
    redraws.push(redraw);
    redraw();
    return redraw;
  }
  function redrawAll() { for (const redraw of redraws) redraw(); }

  if (study.metrics.length > 1) {
    const tools = make('div', document.querySelector('.when'));
    tools.append('charts show');
    choice(tools, study.metrics, 0, 'objective', i => { objective = i; redrawAll(); });
  }

  function history() {
    const { tools, body } = card('History', false);
    let log = false;
    const redraw = onDraw(body, () => {
      let best = null;
      const steps = [];
      for (const t of done) {
        if (!t.f) continue;
        const v = t.v[objective];
        if (best !== null && study.signs[objective] * (v - best) >= 0) continue;
        if (best !== null) steps.push([t.n, best]);
        best = v;
        steps.push([t.n, v]);
      }
      if (best !== null) steps.push([done[done.length - 1].n, best]);
      const points = done.map(t => ({ x: t.n, y: t.v[objective], t }));
      plot(body, axis(points.map(p => p.x)), axis(values(), { log }), ['trial', metric()], (px, py, svg) => {
        for (const p of points) dot(svg, px(p.x), py(p.y), p.t.f ? 'var(--s0)' : 'var(--axis)');
        line(svg, steps.map(s => [px(s[0]), py(s[1])]), 'var(--s1)');
      }, points);
      legend(body, [['trials', 'var(--s0)'], ['best so far', 'var(--s1)'], ...(done.some(t => !t.f) ? [['constraint broken', 'var(--axis)']] : [])]);
    });
    if (done.some(t => t.v[0] > 0)) button(tools, 'log', on => { log = on; redraw(); });
  }

  function importance() {
    const { body } = card('Importances', false);
    onDraw(body, () => {
      for (const [name, value] of study.importances[objective].slice(0, 16)) {
        const row = make('div', body, { class: 'bar' });
        make('span', row, {}, name);
        make('i', row, { style: `width:${(100 * value).toFixed(1)}%` });
        make('span', row, {}, (100 * value).toFixed(1) + ' %');
      }
    });
  }

  function front() {
    const { tools, body } = card('Pareto front', true);
    let [i, j] = [0, 1];
    const best = new Set(study.front);
    const redraw = onDraw(body, () => {
      const points = done.map(t => ({ x: t.v[i], y: t.v[j], t }));
      plot(body, axis(points.map(p => p.x)), axis(points.map(p => p.y)), [study.metrics[i], study.metrics[j]], (px, py, svg) => {
        for (const p of points) if (!best.has(p.t.n)) dot(svg, px(p.x), py(p.y), 'var(--axis)');
        for (const p of points) if (best.has(p.t.n)) dot(svg, px(p.x), py(p.y), 'var(--s1)', 4.2);
      }, points, 320);
      legend(body, [['none dominates them', 'var(--s1)'], ['others', 'var(--axis)']]);
    });
    if (study.metrics.length > 2) {
      choice(tools, study.metrics, i, 'horizontal', n => { i = n; redraw(); });
      choice(tools, study.metrics, j, 'vertical', n => { j = n; redraw(); });
    }
  }

  function slices() {
    const { tools, body } = card('Slices', true);
    let log = false;
    const redraw = onDraw(body, () => {
      const grid = make('div', body, { class: 'slices' });
      const last = done.length ? Math.max(1, done[done.length - 1].n) : 1;
      study.params.slice(0, 24).forEach((p, k) => {
        const cell = make('div', grid);
        const points = done.filter(t => t.p[k] !== null).map(t => ({ x: t.p[k], y: t.v[objective], t }));
        plot(cell, paramAxis(p, 3), axis(values(), { log }), [p.name, metric()], (px, py, svg) => {
          for (const q of points) dot(svg, px(q.x), py(q.y), colour(1 - q.t.n / last), 2.8);
        }, points, 220);
      });
      legend(body, [['first trials', colour(1)], ['last trials', colour(0)]]);
    });
    if (done.some(t => t.v[0] > 0)) button(tools, 'log', on => { log = on; redraw(); });
  }

  function contour() {
    const { tools, body } = card('Two parameters', false);
    const order = study.importances[0].map(e => study.params.findIndex(p => p.name === e[0])).filter(k => k >= 0);
    let [i, j] = [order[0] ?? 0, order[1] ?? 1];
    const redraw = onDraw(body, () => {
      const rank = ranks(), x = paramAxis(study.params[i], 4), y = paramAxis(study.params[j], 5);
      const points = done.filter(t => t.p[i] !== null && t.p[j] !== null).map(t => ({ x: t.p[i], y: t.p[j], t }));
      plot(body, x, y, [study.params[i].name, study.params[j].name], (px, py, svg, f) => {
        const cloud = draw('g', svg, { opacity: 0.55 }), cells = 26, w = (f.right - f.left) / cells, h = (f.bottom - f.top) / cells;
        if (points.length > 2) for (let a = 0; a < cells; a++) for (let b = 0; b < cells; b++) {
          const cx = (a + 0.5) / cells, cy = (b + 0.5) / cells;
          let sum = 0, weight = 0;
          for (const p of points) {
            const d = ((x.at(p.x) - cx) ** 2 + (y.at(p.y) - cy) ** 2 + 1e-5) ** -1.5;
            sum += d * rank.get(p.t); weight += d;
          }
          draw('rect', cloud, { x: f.left + a * w, y: f.bottom - (b + 1) * h, width: w + 0.4, height: h + 0.4, fill: colour(sum / weight) });
        }
        for (const p of points) draw('circle', svg, { cx: px(p.x), cy: py(p.y), r: 3.6, fill: colour(rank.get(p.t)), stroke: 'var(--card)', 'stroke-width': 0.8 });
      }, points, 320);
      legend(body, [['best', colour(0)], ['middle', colour(0.5)], ['worst', colour(1)]]);
    });
    const names = study.params.map(p => p.name);
    choice(tools, names, i, 'horizontal', n => { i = n; redraw(); });
    choice(tools, names, j, 'vertical', n => { j = n; redraw(); });
  }

  function parallel() {
    const { body } = card('Parallel coordinates', true);
    onDraw(body, () => {
      const rank = ranks(), shown = study.params.slice(0, 14).map((p, k) => [p, k]);
      const place = make('div', body, { class: 'plot' }), height = 330;
      const width = Math.max(260, place.clientWidth || 900), svg = draw('svg', place, { viewBox: `0 0 ${width} ${height}` });
      const columns = [{ name: metric(), axis: axis(values()), at: t => t.v[objective] },
        ...shown.map(([p, k]) => ({ name: p.name, axis: paramAxis(p, 5), at: t => t.p[k] }))];
      const left = 46, right = width - 60, top = 34, bottom = height - 16;
      const xs = columns.map((_, c) => left + (columns.length > 1 ? c / (columns.length - 1) : 0) * (right - left));
      const paths = [];
      for (const t of done.slice().sort((a, b) => rank.get(b) - rank.get(a)).slice(-600)) {
        const points = columns.map((c, k) => c.at(t) === null ? null : [xs[k], bottom - c.axis.at(c.at(t)) * (bottom - top)]).filter(p => p);
        const share = rank.get(t);
        const path = line(svg, points, colour(share), share < 0.1 ? 1.8 : 1, share < 0.1 ? 0.95 : 0.35);
        paths.push({ t, points, path });
      }
      columns.forEach((c, k) => {
        draw('line', svg, { x1: xs[k], x2: xs[k], y1: top, y2: bottom, stroke: 'var(--axis)' });
        draw('text', svg, { x: xs[k], y: k % 2 && columns.length > 7 ? 12 : 24, 'text-anchor': k ? k === columns.length - 1 ? 'end' : 'middle' : 'start', style: 'fill:var(--ink)' }, c.name);
        for (const [share, name] of c.axis.marks) draw('text', svg, { x: xs[k] + 5, y: bottom - share * (bottom - top) + 4, style: 'font-size:11px;paint-order:stroke;stroke:var(--card);stroke-width:3px' }, name);
      });
      const lit = draw('path', svg, { fill: 'none', stroke: 'var(--s1)', 'stroke-width': 3, visibility: 'hidden' });
      svg.addEventListener('pointermove', event => {
        const box = svg.getBoundingClientRect(), scale = width / box.width;
        const a = (event.clientX - box.left) * scale, b = (event.clientY - box.top) * scale;
        let best = null, near = 16;
        for (const p of paths) for (let i = 0; i + 1 < p.points.length; i++) {
          const [x1, y1] = p.points[i], [x2, y2] = p.points[i + 1];
          if (a < x1 || a > x2) continue;
          const d = Math.abs(y1 + (y2 - y1) * (a - x1) / (x2 - x1) - b);
          if (d < near) { near = d; best = p; }
        }
        tell(best && best.t, event);
        lit.setAttribute('visibility', best ? 'visible' : 'hidden');
        if (best) lit.setAttribute('d', best.path.getAttribute('d'));
      });
      svg.addEventListener('pointerleave', () => { tip.hidden = true; lit.setAttribute('visibility', 'hidden'); });
      legend(body, [['best', colour(0)], ['middle', colour(0.5)], ['worst', colour(1)]]);
    });
  }

  function reports() {
    const { tools, body } = card('Reports before the end', false);
    let log = false;
    const redraw = onDraw(body, () => {
      const shown = study.trials.filter(t => t.r.length).slice(-400), k = objective + 1;
      const points = shown.flatMap(t => t.r.filter(r => r[k] !== null).map(r => ({ x: r[0], y: r[k], t })));
      plot(body, axis(points.map(p => p.x)), axis(points.map(p => p.y), { log }), ['step', metric()], (px, py, svg) => {
        for (const t of shown) {
          const path = t.r.filter(r => r[k] !== null && (!log || r[k] > 0)).map(r => [px(r[0]), py(r[k])]);
          if (path.length === 1) dot(svg, path[0][0], path[0][1], stateColours[t.s], 2.4);
          line(svg, path, stateColours[t.s], 1.3, 0.6);
        }
      }, points);
      legend(body, [...new Set(shown.map(t => t.s))].map(s => [s, stateColours[s]]));
    });
    button(tools, 'log', on => { log = on; redraw(); });
  }

  function distribution() {
    const { body } = card('ParameterDistribution of values', false);
    onDraw(body, () => {
      const sorted = done.slice().sort((a, b) => a.v[objective] - b.v[objective]);
      const points = sorted.map((t, i) => ({ x: t.v[objective], y: (i + 1) / sorted.length, t }));
      plot(body, axis(values()), axis([0, 1], { tight: true }), [metric(), 'part of the trials'], (px, py, svg) => {
        const steps = points.flatMap((p, i) => [[px(p.x), py(i / points.length)], [px(p.x), py(p.y)]]);
        line(svg, steps, 'var(--s0)');
      }, points);
    });
  }

  function timeline() {
    const { body } = card('Timeline', false);
    onDraw(body, () => {
      const shown = study.trials.filter(t => t.a !== null && t.b !== null);
      const points = shown.flatMap(t => [{ x: t.a, y: t.n, t }, { x: t.b, y: t.n, t }]);
      plot(body, axis(points.map(p => p.x)), axis(points.map(p => p.y)), ['seconds', 'trial'], (px, py, svg) => {
        for (const t of shown) draw('rect', svg, { x: px(t.a), width: Math.max(1.5, px(t.b) - px(t.a)), y: py(t.n) - 1.5, height: 3, rx: 1, fill: stateColours[t.s] });
      }, points);
      legend(body, [...new Set(shown.map(t => t.s))].map(s => [s, stateColours[s]]));
    });
  }

  function table() {
    const { body } = card('Best trials', true);
    onDraw(body, () => {
      const best = new Set(study.front);
      const rows = study.metrics.length > 1 ? done.filter(t => best.has(t.n))
        : done.filter(t => t.f).sort((a, b) => study.signs[0] * (a.v[0] - b.v[0]));
      const made = make('table', make('div', body, { class: 'scroll' })), head = make('tr', made);
      for (const name of ['trial', ...study.metrics, ...study.params.map(p => p.name)]) make('th', head, {}, name);
      for (const t of rows.slice(0, 20)) {
        const row = make('tr', made);
        for (const text of [t.n, ...t.v.map(exact), ...study.params.map((p, k) => paramText(p, t.p[k]))]) make('td', row, {}, text);
      }
    });
  }

  if (done.length) {
    if (study.metrics.length > 1) front();
    history();
    if (study.params.length) importance();
    if (study.params.length > 1) contour();
    distribution();
    if (study.params.length) { slices(); parallel(); }
  }
  if (study.trials.some(t => t.r.length)) reports();
  if (study.trials.some(t => t.a !== null && t.b !== null)) timeline();
  if (done.length) table();
  let known = innerWidth, waiting = null;
  addEventListener('resize', () => {
    if (innerWidth === known) return;
    known = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(redrawAll, 100);
  });
  addEventListener('beforeprint', redrawAll);
  """#
