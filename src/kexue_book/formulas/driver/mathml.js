// MathJax's internal tree -> compact MathML Core: letters as Unicode mathematical characters,
// numbered rows as plain rows. What MathML Core has not is said in what it has: the rules and
// alignment of arrays as CSS on the cells, frames and strikes as CSS, padding as space.
kexue.mathml = (function () {
  // First code points of A-Z, a-z, 0-9, Greek capitals, Greek small letters.
  const ALPHABETS = {
    bold: [0x1d400, 0x1d41a, 0x1d7ce, 0x1d6a8, 0x1d6c2],
    italic: [0x1d434, 0x1d44e, 0, 0x1d6e2, 0x1d6fc],
    'bold-italic': [0x1d468, 0x1d482, 0, 0x1d71c, 0x1d736],
    script: [0x1d49c, 0x1d4b6], 'bold-script': [0x1d4d0, 0x1d4ea],
    fraktur: [0x1d504, 0x1d51e], 'bold-fraktur': [0x1d56c, 0x1d586],
    'double-struck': [0x1d538, 0x1d552, 0x1d7d8],
    'sans-serif': [0x1d5a0, 0x1d5ba, 0x1d7e2],
    'bold-sans-serif': [0x1d5d4, 0x1d5ee, 0x1d7ec, 0x1d756, 0x1d770],
    'sans-serif-italic': [0x1d608, 0x1d622], monospace: [0x1d670, 0x1d68a, 0x1d7f6],
    '-tex-calligraphic': [0x1d49c, 0x1d4b6], '-tex-bold-calligraphic': [0x1d4d0, 0x1d4ea],
  };
  // Letters that Unicode had before the mathematical alphabets.
  const ELSEWHERE = {
    0x1d455: 0x210e, 0x1d49d: 0x212c, 0x1d4a0: 0x2130, 0x1d4a1: 0x2131, 0x1d4a3: 0x210b,
    0x1d4a4: 0x2110, 0x1d4a7: 0x2112, 0x1d4a8: 0x2133, 0x1d4ad: 0x211b, 0x1d4ba: 0x212f,
    0x1d4bc: 0x210a, 0x1d4c4: 0x2134, 0x1d506: 0x212d, 0x1d50b: 0x210c, 0x1d50c: 0x2111,
    0x1d515: 0x211c, 0x1d51d: 0x2128, 0x1d53a: 0x2102, 0x1d53f: 0x210d, 0x1d545: 0x2115,
    0x1d547: 0x2119, 0x1d548: 0x211a, 0x1d549: 0x211d, 0x1d551: 0x2124,
  };
  const GREEK_VARIANTS = {
    0x3f5: 0x1d6dc, 0x3d1: 0x1d6dd, 0x3f0: 0x1d6de, 0x3d5: 0x1d6df, 0x3f1: 0x1d6e0,
    0x3d6: 0x1d6e1, 0x2202: 0x1d6db, 0x2207: 0x1d6c1,
  };
  const GREEK_OFFSETS = { bold: 0, italic: 58, 'bold-italic': 116, 'bold-sans-serif': 174 };
  const RANGES = [[65, 90], [97, 122], [48, 57], [0x391, 0x3a9], [0x3b1, 0x3c9]];

  function mapCharacter(code, alphabet, variant) {
    for (let i = 0; i < RANGES.length; i++) {
      if (code >= RANGES[i][0] && code <= RANGES[i][1] && alphabet[i]) {
        const mapped = alphabet[i] + code - RANGES[i][0];
        return ELSEWHERE[mapped] || mapped;
      }
    }
    const greek = GREEK_VARIANTS[code];
    return greek && variant in GREEK_OFFSETS ? greek + GREEK_OFFSETS[variant] : code;
  }

  function mapText(text, variant) {
    const alphabet = ALPHABETS[variant];
    if (!alphabet) return text;
    return [...text].map((c) => String.fromCodePoint(mapCharacter(c.codePointAt(0), alphabet, variant))).join('');
  }

  const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  // \unicode and \char can name what XML cannot hold.
  const printable = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
  const escape = (text) => printable(text).replace(/[&<>]/g, (c) => ESCAPES[c]);
  const quote = (text) => printable(text).replace(/[&<>"]/g, (c) => ESCAPES[c]);

  // Attributes of MathML that readers use; all else (class, id, href, data-*) stays behind.
  const KEPT = new Set([
    'accent', 'accentunder', 'align', 'columnalign', 'columnlines', 'columnspacing',
    'columnspan', 'depth', 'displaystyle', 'form', 'frame', 'height', 'largeop',
    'linethickness', 'lspace', 'mathbackground', 'mathcolor', 'maxsize', 'minsize',
    'movablelimits', 'notation', 'rowalign', 'rowlines', 'rowspacing', 'rowspan', 'rspace',
    'stretchy', 'style', 'symmetric', 'voffset', 'width', 'mathsize',
  ]);

  // The attributes worth keeping; more CSS joins what the formula asked for.
  function attributes(node, css = '') {
    let text = '';
    const all = node.attributes.getAllAttributes();
    for (const name of Object.keys(all)) {
      const value = all[name];
      if (value === undefined || value === null || value === '') continue;
      if (KEPT.has(name) || (name === 'scriptlevel' && node.kind === 'mstyle')) {
        if (name === 'style') css = css ? `${value};${css}` : String(value);
        else text += ` ${name}="${quote(String(value))}"`;
      }
    }
    return css ? `${text} style="${quote(css)}"` : text;
  }

  // XML parsers give up at 256 levels, and the book has some around the formula.
  const DEEPEST = 120;
  let depth = 0;

  function inside(nodes) {
    if (++depth > DEEPEST) throw new Error('it is nested too deeply');
    const text = nodes.filter(Boolean).map(serialize).join('');
    depth--;
    return text;
  }

  function serialize(node) {
    if (node.kind === 'text') return escape(node.text || '');
    if (node.kind === 'XML') return '';
    if (node.isInferred) return inside(node.childNodes);
    if (node.kind === 'TeXAtom') return atom(node);
    if (node.kind === 'mtable') return table(node);
    if (node.kind === 'menclose') return enclosure(node);
    if (node.kind === 'mpadded') return padding(node);
    if (node.isToken) return token(node);
    if (node.kind === 'math') {
      const display = node.attributes.get('display') === 'block' ? ' display="block"' : '';
      return `<math xmlns="http://www.w3.org/1998/Math/MathML"${display}>${inside(node.childNodes)}</math>`;
    }
    const content = inside(node.childNodes);
    return `<${node.kind}${attributes(node)}${content ? `>${content}</${node.kind}>` : '/>'}`;
  }

  // Space around an operator whose class TeX code has changed (\mathbin, \mathrel ...).
  const ATOM_SPACE = { 0: '0', 2: '0.222em', 3: '0.278em', 4: '0', 5: '0', 6: '0', 7: '0.167em' };

  function atom(node) {
    const row = node.childNodes[0];
    const only = row && row.isInferred && row.childNodes.length === 1 ? row.childNodes[0] : null;
    if (only && !attributes(node) && only.kind === 'mo' && !/[lr]space/.test(attributes(only)) && node.texClass >= 0 && node.texClass !== 1) {
      const space = ATOM_SPACE[node.texClass], text = serialize(only);
      if (space === undefined || /^<mo[^>]*[lr]space/.test(text)) return text;
      const punctuation = node.texClass === 6;
      return text.replace(/^<mo/, `<mo lspace="${punctuation ? '0' : space}" rspace="${punctuation ? '0.167em' : space}"`);
    }
    if (only && node.texClass === 0 && !attributes(node)) return serialize(only);
    return `<mrow${attributes(node)}>${inside(node.childNodes)}</mrow>`;
  }

  const BORDERS = { box: 'border', top: 'border-top', bottom: 'border-bottom', left: 'border-left', right: 'border-right' };
  // A gradient to a corner is halfway through on the line between the other two.
  const STRIKES = {
    updiagonalstrike: 'to bottom right', downdiagonalstrike: 'to top right',
    horizontalstrike: 'to bottom', verticalstrike: 'to right',
  };
  const ROUNDINGS = { roundedbox: '.4em', circle: '50%' };

  function strike(direction) {
    const [before, after] = ['calc(50% - .035em)', 'calc(50% + .035em)'];
    return `linear-gradient(${direction},transparent ${before},currentColor ${before},currentColor ${after},transparent ${after})`;
  }

  function enclosure(node) {
    const notations = String(node.attributes.get('notation') || '').trim().split(/\s+/)
      .filter((name) => !name.endsWith('arrow')); // \cancelto: its strike is enough
    const content = inside(node.childNodes);
    const known = (name) => name in BORDERS || name in STRIKES || name in ROUNDINGS;
    if (!notations.length || !notations.every(known)) {
      return `<menclose${attributes(node)}>${content}</menclose>`;
    }
    const strikes = notations.filter((name) => name in STRIKES).map((name) => strike(STRIKES[name]));
    const styles = [
      ...notations.filter((name) => name in BORDERS).map((name) => `${BORDERS[name]}:1px solid`),
      ...notations.filter((name) => name in ROUNDINGS).map((name) => `border:1px solid;border-radius:${ROUNDINGS[name]}`),
      ...(strikes.length ? [`background:${strikes.join(',')}`] : ['padding:.2em']),
    ];
    return `<mrow${attributes(node, styles.join(';')).replace(/ notation="[^"]*"/, '')}>${content}</mrow>`;
  }

  const PX = 16;
  const LENGTHS = / (?:width|height|depth|lspace|voffset)="[^"]*"/g;
  const INCREMENT = /^\+(\d*\.?\d+)(em|px)$/;

  function em(length) {
    const parts = /^(\d*\.?\d+)(em|px)$/.exec(length || '0em');
    return parts ? Number(parts[1]) / (parts[2] === 'px' ? PX : 1) : 0;
  }

  // Only MathML 3 widens by an increment (over arrows, in coloured boxes); space does as well.
  function padding(node) {
    const get = (name) => String(node.attributes.getExplicit(name) || '');
    const content = inside(node.childNodes);
    if (!INCREMENT.test(get('width'))) return `<mpadded${attributes(node)}>${content}</mpadded>`;
    const left = em(get('lspace')), right = Math.max(0, em(get('width').slice(1)) - left);
    const space = (width) => (width ? `<mspace width="${+width.toFixed(3)}em"/>` : '');
    const high = INCREMENT.test(get('height')) ? em(get('height').slice(1)) : 0;
    const look = attributes(node, high ? `padding:${+high.toFixed(3)}em 0` : '').replace(LENGTHS, '');
    return `<mrow${look}>${space(left)}${content}${space(right)}</mrow>`;
  }

  function operatorSpace(node, text) {
    const texClass = node.getProperty('texClass');
    if (text === '\u2061') {
      const parent = node.parent, index = parent ? parent.childNodes.indexOf(node) : -1;
      const next = index >= 0 ? parent.childNodes[index + 1] : null;
      const opening = next && next.kind === 'mo' && '([{|'.includes((next.childNodes[0] || {}).text || ' ');
      const spaced = next && !opening && next.texClass !== 7 && next.texClass !== 4;
      return spaced ? ' lspace="0" rspace="0.167em"' : '';
    }
    const bar = text === '|' || text === '\u2016';
    return texClass === 0 || (texClass === undefined && bar && node.texClass === 0) ? ' lspace="0" rspace="0"' : '';
  }

  function textStyle(variant) {
    return [
      variant.includes('bold') ? 'font-weight:bold' : '',
      variant.includes('italic') ? 'font-style:italic' : '',
      variant.includes('mono') ? 'font-family:monospace' : '',
      variant.includes('sans') ? 'font-family:sans-serif' : '',
    ].filter(Boolean).join(';');
  }

  function token(node) {
    const stated = node.attributes.getExplicit('mathvariant');
    const variant = node.getProperty('mathvariant') || node.attributes.getExplicit('data-mjx-variant') || node.attributes.get('mathvariant');
    const text = node.childNodes.map((child) => child.text || '').join('');
    let shown = text, css = '', extra = '';
    if (node.kind === 'mo' && !/[lr]space/.test(attributes(node))) extra = operatorSpace(node, text);
    if (node.kind === 'mi' && [...text].length === 1) {
      if (variant === 'normal') extra = ' mathvariant="normal"';
      else if (variant && variant !== 'italic') shown = mapText(text, variant);
    } else if (node.kind === 'mtext') {
      if (stated && stated !== 'normal') css = textStyle(stated);
    } else if (variant && variant !== 'normal') {
      shown = mapText(text, variant);
      if (shown === text && node.kind === 'mo' && variant.startsWith('bold')) css = 'font-weight:bold';
    }
    return `<${node.kind}${attributes(node, css)}${extra}>${escape(shown)}</${node.kind}>`;
  }

  const list = (value) => (value === undefined || value === null ? [] : String(value).trim().split(/\s+/).filter(Boolean));
  const at = (values, index) => (values.length ? values[Math.min(index, values.length - 1)] : '');

  function half(length) {
    const parts = /^([\d.]+)(.*)$/.exec(length);
    return parts ? `${+(parts[1] / 2).toFixed(3)}${parts[2]}` : '0';
  }

  function table(node) {
    const get = (name) => list(node.attributes.get(name));
    const rows = node.childNodes.filter(Boolean);
    const layout = {
      align: get('columnalign'), rowLines: get('rowlines'), columnLines: get('columnlines'),
      spacing: node.attributes.getExplicit('columnspacing') === undefined ? [] : get('columnspacing'),
      rows: rows.length,
    };
    const numbered = rows.length === 1 && rows[0].kind === 'mlabeledtr';
    const cells = rows.map((row) => (row.kind === 'mlabeledtr' ? row.childNodes.slice(1) : row.childNodes));
    // A single equation is a table only for its number's sake.
    if (numbered && cells[0].length === 1) return `<mrow>${inside(cells[0][0].childNodes)}</mrow>`;
    const body = rows.map((row, index) => `<mtr${attributes(row)}>${cells[index].map((cell, column) => `<mtd${cellStyle(layout, index, column, cells[index].length)}>${inside(cell.childNodes)}</mtd>`).join('')}</mtr>`);
    return `<mtable${attributes(node)}>${body.join('')}</mtable>`;
  }

  function cellStyle(layout, row, column, columns) {
    const rules = [];
    const align = at(layout.align, column);
    if (align && align !== 'center') rules.push(`text-align:${align}`);
    if (layout.spacing.length) {
      const left = column ? at(layout.spacing, column - 1) : '0em';
      const right = column < columns - 1 ? at(layout.spacing, column) : '0em';
      rules.push(`padding-left:${half(left)}`, `padding-right:${half(right)}`);
    }
    const line = at(layout.columnLines, column), under = at(layout.rowLines, row);
    if (line && line !== 'none' && column < columns - 1) rules.push(`border-right:1px ${line}`);
    if (under && under !== 'none' && row < layout.rows - 1) rules.push(`border-bottom:1px ${under}`);
    return rules.length ? ` style="${rules.join(';')}"` : '';
  }

  return function (root) {
    depth = 0;
    return serialize(root);
  };
})();
