// The SVG that MathJax makes of a formula -> a flat display list (see display_list.py).
// Units are 1/1000 em, y upwards; every transform on the way down is multiplied in.
kexue.displayList = (function () {
  const TRANSFORM = /(translate|scale|matrix|rotate)\(([^)]*)\)/g;
  const IDENTITY = [1, 0, 0, 1, 0, 0];

  const multiply = (m, n) => [
    m[0] * n[0] + m[2] * n[1], m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3], m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4], m[1] * n[4] + m[3] * n[5] + m[5],
  ];

  function rotation([degrees, x = 0, y = 0]) {
    const angle = (degrees * Math.PI) / 180, c = Math.cos(angle), s = Math.sin(angle);
    return multiply(multiply([1, 0, 0, 1, x, y], [c, s, -s, c, 0, 0]), [1, 0, 0, 1, -x, -y]);
  }

  function transformed(matrix, text) {
    if (!text) return matrix;
    for (const [, kind, list] of text.matchAll(TRANSFORM)) {
      const a = list.trim().split(/[\s,]+/).map(Number);
      if (kind === 'translate') matrix = multiply(matrix, [1, 0, 0, 1, a[0], a[1] || 0]);
      else if (kind === 'scale') matrix = multiply(matrix, [a[0], 0, 0, a.length > 1 ? a[1] : a[0], 0, 0]);
      else if (kind === 'matrix') matrix = multiply(matrix, a);
      else matrix = multiply(matrix, rotation(a));
    }
    return matrix;
  }

  const tenth = (x) => Math.round(x * 10) / 10;
  const fine = (x) => Math.round(x * 10000) / 10000;
  const rounded = (m) => [fine(m[0]), fine(m[1]), fine(m[2]), fine(m[3]), tenth(m[4]), tenth(m[5])];
  const number = (value) => parseFloat(value || 0);
  const point = (m, x, y) => [tenth(m[0] * x + m[2] * y + m[4]), tenth(m[1] * x + m[3] * y + m[5])];

  const UNPRINTABLE = /[\u0000-\u001f\u007f\ufffe\uffff]|\p{Surrogate}/gu;
  const FULL_WIDTH = /^[\u3000-\u30ff\u3400-\u9fff\uff01-\uff60]+$/;

  // Fonts for text have no mathematical letters.
  const plain = (text) => text.replace(/[\u{1d400}-\u{1d7ff}]/gu, (c) => c.normalize('NFKC'));

  // Adds a Chinese character to the word before it when it stands right behind it.
  function continued(word, next) {
    if (!word || word[0] !== 'T' || word[4] !== next[4] || word[5] !== next[5]) return false;
    if (!FULL_WIDTH.test(word[1]) || !FULL_WIDTH.test(next[1])) return false;
    const [a, b, c, d, x, y] = word[2], end = x + 1000 * a * word[1].length;
    const same = [a, b, c, d].every((value, index) => value === next[2][index]);
    if (!same || y !== next[2][5] || Math.abs(next[2][4] - end) > 2) return false;
    word[1] += next[1];
    return true;
  }

  class Walker {
    constructor(textContent) {
      this.textContent = textContent;
      this.rows = [];      // baselines of the numbered rows
      this.width = null;   // of a table with numbers, without them
      this.lines = [];     // [first operator, end, baseline, breaks] for each row of a display
      this.breaks = [];    // [kind and depth, first operator, end, x], see lines.js
      this.top = null;     // the list whose operators lines and breaks count
    }

    children(node, matrix, color, out) {
      for (const child of node.children || []) this.walk(child, matrix, color, out);
    }

    walk(node, matrix, color, out) {
      const a = node.attributes || {}, kind = node.kind;
      if (kind[0] === '#' || kind === 'defs' || kind === 'title') return;
      if (kind === 'svg' && a['data-table']) return this.table(node, color, out);
      if (kind === 'svg' && a['data-labels']) return this.labels(node);
      matrix = transformed(matrix, a.transform);
      if (a.fill && a.fill !== 'currentColor' && a.fill !== 'none') color = a.fill;
      if (out === this.top && a['data-line']) return this.line(node, matrix, color, out);
      if (out === this.top && a['data-break']) return this.breakable(node, matrix, color, out);
      this.drawn(node, matrix, color, out);
    }

    line(node, matrix, color, out) {
      const first = out.length, before = this.breaks;
      this.breaks = [];
      this.drawn(node, matrix, color, out);
      this.lines.push([first, out.length, tenth(matrix[5]), this.breaks]);
      this.breaks = before;
    }

    breakable(node, matrix, color, out) {
      const first = out.length;
      this.drawn(node, matrix, color, out);
      this.breaks.push([node.attributes['data-break'], first, out.length, tenth(matrix[4])]);
    }

    drawn(node, matrix, color, out) {
      const a = node.attributes || {}, draw = this[`draw_${node.kind}`];
      if (draw) draw.call(this, node, a, matrix, color, out);
      else this.children(node, matrix, color, out);
    }

    // A display with numbers is two nested drawings, the table and its labels. The table's
    // view box begins half a unit left of its middle.
    table(node, color, out) {
      this.width = 2 * (number((node.attributes.viewBox || '0').split(' ')[0]) + 0.5);
      for (const group of node.children) this.children(group, IDENTITY, color, out);
    }

    // The tag is always (0): its first bracket stands on the row's baseline.
    labels(node) {
      for (const group of node.children) {
        for (const label of group.children || []) {
          const drawn = [];
          this.walk(label, IDENTITY, null, drawn);
          if (drawn.length) this.rows.push(drawn[0][2][5]);
        }
      }
    }

    draw_use(node, a, m, color, out) {
      out.push(['G', (a['xlink:href'] || '').slice(1), rounded(m), color]);
    }

    draw_rect(node, a, m, color, out) {
      if (a['data-hitbox'] || (a.stroke === 'none' && a.fill === 'none')) return;
      const w = number(a.width), h = number(a.height), x = number(a.x), y = number(a.y);
      if (a.fill === 'none' || a['data-frame']) {
        const corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]];
        out.push(this.stroke(corners.map(([px, py]) => point(m, px, py)), a, m, color));
        return;
      }
      const [left, bottom] = point(m, x, y);
      const fill = a['data-bgcolor'] || a['data-background'] ? a.fill : color;
      out.push(['R', left, bottom, tenth(w * m[0]), tenth(h * m[3]), fill]);
    }

    draw_line(node, a, m, color, out) {
      const ends = [point(m, number(a.x1), number(a.y1)), point(m, number(a.x2), number(a.y2))];
      out.push(this.stroke(ends, a, m, color));
    }

    stroke(points, a, m, color) {
      const own = a.stroke && a.stroke !== 'currentColor' ? a.stroke : color;
      return ['S', points, tenth(number(a['stroke-width'] || 70) * m[0]), own, this.lineStyle(a)];
    }

    // Rules of arrays state their style as a class, borders of boxes as dashes.
    lineStyle(a) {
      const named = /mjx-(dashed|dotted)/.exec(a.class || '');
      if (named) return named[1];
      if (!a['stroke-dasharray']) return '';
      return a['stroke-linecap'] === 'round' ? 'dotted' : 'dashed';
    }

    draw_path(node, a, m, color, out) {
      const stroked = a.fill === 'none' || a['stroke-width'];
      out.push(['P', a.d || '', rounded(m), color, stroked ? number(a['stroke-width'] || 67) : 0]);
    }

    draw_polygon(node, a, m, color, out) {
      out.push(['P', `M${a.points || ''}Z`, rounded(m), color, 0]);
    }

    draw_ellipse(node, a, m, color, out) {
      const centre = multiply(m, [1, 0, 0, 1, number(a.cx), number(a.cy)]);
      out.push(['E', rounded(centre), number(a.rx), number(a.ry), number(a['stroke-width'] || 67), color]);
    }

    // MathJax was told that a Chinese character is 1 em wide, so that is the font's size.
    draw_text(node, a, m, color, out) {
      const text = plain(this.textContent(node).replace(UNPRINTABLE, '\ufffd'));
      if (!text) return;
      const upright = rounded(multiply(m, [1, 0, 0, -1, 0, 0]));
      const word = ['T', text, upright, 1000, a['data-variant'] || 'normal', color];
      if (!continued(out[out.length - 1], word)) out.push(word);
    }

    // A nested drawing with a view box clips: stretched arrows and braces.
    draw_svg(node, a, m, color, out) {
      if (!a.viewBox) return this.children(node, m, color, out);
      const [vx, vy] = a.viewBox.split(' ').map(Number);
      const x = number(a.x), y = number(a.y), w = number(a.width), h = number(a.height);
      const inside = [];
      this.children(node, multiply(m, [1, 0, 0, 1, x - vx, y - vy]), color, inside);
      const [left, bottom] = point(m, x, y);
      out.push(['C', left, bottom, tenth(w * m[0]), tenth(h * m[3]), inside]);
    }
  }

  return function (svgRoot, textContent) {
    const walker = new Walker(textContent), operators = [];
    walker.top = operators;
    for (const top of svgRoot.children) {
      if (top.kind === 'g') walker.children(top, IDENTITY, null, operators);
    }
    const { rows, width, breaks } = walker;
    const lines = walker.lines.length || !breaks.length ? walker.lines : [[0, operators.length, 0, breaks]];
    return { operators, rows, width, lines };
  };
})();
