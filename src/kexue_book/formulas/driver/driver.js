// MathJax 3.2.2 in V8: one call, one formula -> MathML and display list.
// Loaded after MathJax's loader, core, liteDOM, tex-full, svg and svg fonts; CONFIG is put in
// front by engine.py. kexue.batch(json [[tex, display], ...]) -> json {results, glyphs}.
(function () {
  const _ = MathJax._;
  const { mathjax } = _.mathjax;
  const adaptor = _.adaptors.liteAdaptor.liteAdaptor({ fontSize: 16 });
  _.handlers.html_ts.RegisterHTMLHandler(adaptor);
  // MathJax's font has an x-height of .442 em, in which it states sizes as ex.
  const DEFINES = /\\(?:(?:re)?newcommand|providecommand|def|let|DeclareMathOperator|newenvironment|color|definecolor)(?![a-zA-Z])/;
  const known = {};
  let fresh = {}, lastError = null, tex, svg, doc;

  function setUp() {
    tex = new _.input.tex_ts.TeX({
      packages: CONFIG.packages, tags: 'none', macros: CONFIG.macros,
      maxMacros: 2000, maxBuffer: 60000,
      formatError(jax, error) { lastError = error.message; return jax.formatError(error); },
    });
    svg = new _.output.svg_ts.SVG({ fontCache: 'global', font: new _.output.svg.fonts.tex_ts.TeXFont() });
    doc = mathjax.document('', { InputJax: tex, OutputJax: svg });
    // Outlines go into our registry instead of <defs>.
    svg.fontCache.cachePath = function (variant, hex, path) {
      const id = `${svg.font.getVariant(variant).cacheID.replace('TEX-', '')}-${hex}`;
      if (!(id in known)) {
        known[id] = true;
        fresh[id] = [path, svg.font.getChar(variant, parseInt(hex, 16))[2]];
      }
      return id;
    };
  }
  setUp();

  function size(root, list) {
    const a = root.attributes;
    if (a.viewBox) {
      const [, top, width, height] = a.viewBox.split(' ').map(Number);
      return { w: width, h: -top, d: height + top };
    }
    const group = root.children.find((child) => child.kind === 'g');
    const top = Number(/translate\(0, ?(-?[\d.]+)\)/.exec(group.attributes.transform)[1]);
    const ex = (name) => parseFloat(adaptor.getStyle(root, name)) * 1000 * svg.font.params.x_height;
    return { w: list.width === null ? ex('min-width') : list.width, h: -top, d: -ex('vertical-align') };
  }

  function typeset(source, display) {
    lastError = null;
    try {
      const math = new doc.options.MathItem(source, doc.inputJax[0], display);
      math.start.node = adaptor.body(doc.document);
      math.setMetrics(16, 8, 640, 1e6, 1);
      math.compile(doc);
      if (lastError) return { error: lastError };
      const mathml = kexue.mathml(math.root);
      math.typeset(doc);
      const root = math.typesetRoot.children.find((child) => child.kind === 'svg');
      const list = kexue.displayList(root, (node) => adaptor.textContent(node));
      return { mathml, ops: list.operators, rows: list.rows, ...size(root, list) };
    } catch (error) {
      return { error: String((error && error.message) || error) };
    } finally {
      if (DEFINES.test(source)) setUp(); // definitions end with their formula
    }
  }

  kexue.batch = function (json) {
    fresh = {};
    const results = JSON.parse(json).map(([source, display]) => typeset(source, display));
    return JSON.stringify({ results, glyphs: fresh });
  };
})();
