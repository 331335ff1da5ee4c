/// The script of a report: draws the curves, reads values off under the pointer, zooms into a part.
let reportScript = #"""
  'use strict';
  for (const place of document.querySelectorAll('[data-chart]')) makeChart(place, JSON.parse(place.dataset.chart));

  function short(v) {
    if (v === null || v === undefined) return '–';
    const a = Math.abs(v);
    if (a === 0) return '0';
    if (a >= 1e6 || a < 1e-3) return v.toExponential(2).replace('e+', 'e').replace(/\.?0+e/, 'e');
    return String(Number(v.toPrecision(a >= 100 ? 4 : 3)));
  }

  function ticks(low, high, count, whole) {
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw)), part = raw / power;
    let step = (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
    if (whole) step = Math.max(1, Math.round(step));
    const list = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) list.push(Number((i * step).toPrecision(12)));
    return list;
  }

  function decades(low, high) {
    const list = [], span = Math.log10(high / low), every = Math.max(1, Math.ceil(span / 6));
    for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++)
      for (const f of span > 2.2 ? [1] : span > 0.7 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8]) {
        const v = f * 10 ** p;
        if (v >= low * 0.999 && v <= high * 1.001 && p % every === 0) list.push(Number(v.toPrecision(6)));
      }
    return list.length > 1 ? list : [low, high];
  }

  function makeChart(place, chart) {
    const ns = 'http://www.w3.org/2000/svg';
    const legend = place.querySelector('.legend'), plot = place.querySelector('.plot'), svg = document.createElementNS(ns, 'svg');
    plot.append(svg);
    const all = chart.series.flatMap(s => s.x);
    const full = [Math.min(...all), Math.max(...all)];
    let range = null, log = false, at = null, drag = null;
    const button = (text, action) => {
      const made = document.createElement('button');
      made.textContent = text; made.type = 'button'; made.onclick = action;
      place.querySelector('.tools').append(made);
      return made;
    };
    const reset = button('whole', () => { range = null; draw(); });
    const logButton = chart.series.some(s => s.y.some(v => v > 0)) && chart.kind !== 'bar'
      ? button('log', () => { log = !log; draw(); }) : null;
    let frame = null;

    function element(name, attributes, text) {
      const made = document.createElementNS(ns, name);
      for (const key in attributes) made.setAttribute(key, attributes[key]);
      if (text !== undefined) made.textContent = text;
      return made;
    }

    function showLegend() {
      legend.textContent = '';
      if (at !== null) {
        const label = document.createElement('span');
        label.className = 'at';
        label.textContent = chart.x + ' ' + short(at);
        legend.append(label);
      }
      chart.series.forEach((s, number) => {
        let index = s.x.length - 1;
        if (at !== null) index = nearest(s.x, at);
        const label = document.createElement('span'), mark = document.createElement('i'), value = document.createElement('b');
        mark.style.background = `var(--s${number % 5})`;
        value.textContent = short(s.y[index]);
        label.append(mark, s.name, value);
        legend.append(label);
      });
    }

    function nearest(list, x) {
      let best = 0;
      for (let i = 1; i < list.length; i++) if (Math.abs(list[i] - x) < Math.abs(list[best] - x)) best = i;
      return best;
    }

    function draw() {
      reset.style.visibility = range ? 'visible' : 'hidden';
      if (logButton) logButton.setAttribute('aria-pressed', log);
      svg.textContent = '';
      const width = Math.max(260, plot.clientWidth || 560), height = width < 420 ? 220 : 250;
      svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
      const isBar = chart.kind === 'bar';
      let [xLow, xHigh] = range || full;
      if (isBar) { xLow -= 0.6; xHigh += 0.6; } else if (xLow === xHigh) { xLow -= 0.5; xHigh += 0.5; }
      const seen = chart.series.flatMap(s => s.y.filter((v, i) => v !== null && s.x[i] >= xLow && s.x[i] <= xHigh && (!log || v > 0)));
      let low = seen.length ? Math.min(...seen) : (log ? 0.1 : 0), high = seen.length ? Math.max(...seen) : 1;
      if (isBar) low = Math.min(0, low);
      if (low === high) { const m = low === 0 ? 0.5 : Math.abs(low) * 0.1; if (log) { low /= 1.3; high *= 1.3; } else { low -= m; high += m; } }
      let yTicks;
      if (log) { const r = (high / low) ** 0.04; low /= r; high *= r; yTicks = decades(low, high); }
      else {
        if (!isBar) { const m = (high - low) * 0.04; low -= m; }
        high += (high - low) * 0.04;
        yTicks = ticks(low, high, 5, false);
      }
      const names = yTicks.map(short);
      const left = 12 + 7 * Math.max(...names.map(n => n.length)), right = width - 10, top = 8, bottom = height - 36;
      const px = x => left + (x - xLow) / (xHigh - xLow) * (right - left);
      const py = y => bottom - (log ? Math.log(y / low) / Math.log(high / low) : (y - low) / (high - low)) * (bottom - top);
      yTicks.forEach((t, i) => {
        svg.append(element('line', { x1: left, x2: right, y1: py(t), y2: py(t), stroke: 'var(--line)' }));
        svg.append(element('text', { x: left - 8, y: py(t) + 4, 'text-anchor': 'end' }, names[i]));
      });
      svg.append(element('line', { x1: left, x2: right, y1: bottom, y2: bottom, stroke: 'var(--axis)' }));
      for (const t of ticks(xLow, xHigh, Math.max(3, Math.round((right - left) / 90)), chart.whole)) {
        if (px(t) < left - 1 || px(t) > right + 1) continue;
        svg.append(element('line', { x1: px(t), x2: px(t), y1: bottom, y2: bottom + 4, stroke: 'var(--axis)' }));
        svg.append(element('text', { x: px(t), y: bottom + 18, 'text-anchor': 'middle' }, short(t)));
      }
      svg.append(element('text', { x: right, y: height - 3, 'text-anchor': 'end' }, chart.x));
      const clip = 'c' + Math.random().toString(36).slice(2);
      const shape = element('clipPath', { id: clip });
      shape.append(element('rect', { x: left - 4, y: top - 4, width: right - left + 8, height: bottom - top + 8 }));
      const inside = element('g', { 'clip-path': `url(#${clip})` });
      svg.append(shape, inside);
      chart.series.forEach((s, number) => {
        const colour = `var(--s${number % 5})`;
        if (isBar) {
          s.x.forEach((x, i) => {
            if (s.y[i] === null) return;
            const a = px(x - 0.4), b = px(x + 0.4), y = py(s.y[i]);
            inside.append(element('rect', { x: a, width: Math.max(1, b - a), y: y, height: Math.max(0, py(0) - y), fill: colour, rx: 2 }));
          });
          return;
        }
        let path = '', open = false, points = 0;
        s.x.forEach((x, i) => {
          const y = s.y[i];
          if (y === null || (log && y <= 0)) { open = false; return; }
          path += (open ? 'L' : 'M') + px(x).toFixed(1) + ' ' + py(y).toFixed(1);
          open = true; points++;
        });
        inside.append(element('path', { d: path, fill: 'none', stroke: colour, 'stroke-width': s.x.length > 400 ? 1.3 : 2,
          'stroke-linejoin': 'round', 'stroke-linecap': 'round' }));
        if (points <= 40) s.x.forEach((x, i) => {
          if (s.y[i] !== null && (!log || s.y[i] > 0)) inside.append(element('circle', { cx: px(x), cy: py(s.y[i]), r: 2.6, fill: colour }));
        });
      });
      const pointer = element('g', { visibility: 'hidden' });
      svg.append(pointer);
      frame = { left, right, top, bottom, px, py, xLow, xHigh, pointer, width };
      showLegend();
      showPointer();
    }

    function showPointer() {
      const f = frame;
      f.pointer.textContent = '';
      if (drag && Math.abs(drag.to - drag.from) > 4) {
        f.pointer.append(element('rect', { x: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from), y: f.top,
          height: f.bottom - f.top, fill: 'var(--s0)', opacity: 0.15 }));
      } else if (at !== null) {
        f.pointer.append(element('line', { x1: f.px(at), x2: f.px(at), y1: f.top, y2: f.bottom, stroke: 'var(--axis)' }));
        chart.series.forEach((s, number) => {
          const i = nearest(s.x, at), y = s.y[i];
          if (y === null || y === undefined || (log && y <= 0)) return;
          f.pointer.append(element('circle', { cx: f.px(s.x[i]), cy: f.py(y), r: 4.5, fill: `var(--s${number % 5})`,
            stroke: 'var(--card)', 'stroke-width': 2 }));
        });
      }
      f.pointer.setAttribute('visibility', drag || at !== null ? 'visible' : 'hidden');
    }

    const where = event => {
      const box = svg.getBoundingClientRect();
      return Math.min(frame.right, Math.max(frame.left, (event.clientX - box.left) / box.width * frame.width));
    };
    const value = x => frame.xLow + (x - frame.left) / (frame.right - frame.left) * (frame.xHigh - frame.xLow);
    svg.addEventListener('pointerdown', event => {
      if (event.pointerType === 'mouse') { drag = { from: where(event), to: where(event) }; svg.setPointerCapture(event.pointerId); }
      move(event);
    });
    svg.addEventListener('pointermove', move);
    function move(event) {
      if (drag) drag.to = where(event);
      const x = value(where(event));
      const near = [...new Set(all)].filter(v => v >= frame.xLow && v <= frame.xHigh);
      at = near.length ? near[nearest(near, x)] : null;
      showLegend();
      showPointer();
    }
    svg.addEventListener('pointerup', () => {
      if (drag && Math.abs(drag.to - drag.from) > 4) range = [value(Math.min(drag.from, drag.to)), value(Math.max(drag.from, drag.to))];
      drag = null;
      draw();
    });
    const leave = () => { at = null; drag = null; showLegend(); showPointer(); };
    svg.addEventListener('pointerleave', leave);
    svg.addEventListener('pointercancel', leave);
    svg.addEventListener('dblclick', () => { range = null; draw(); });
    let known = 0;
    new ResizeObserver(() => { if (plot.clientWidth !== known) { known = plot.clientWidth; draw(); } }).observe(plot);
    addEventListener('beforeprint', draw);
    draw();
  }
  """#
