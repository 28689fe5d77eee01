// How LaTeX is read: MathJax's TeX input with our packages and aliases, and a few commands of
// our own. CONFIG, put in front by mathjax.py, holds packages, optional packages, macros and
// environments.
kexue.tex = (function () {
  const { TeX } = MathJax._.input.tex_ts;
  const { Configuration } = MathJax._.input.tex.Configuration;
  const { CommandMap } = MathJax._.input.tex.SymbolMap;
  const Color = MathJax._.input.tex.color.ColorMethods.ColorMethods;

  new CommandMap('kexue-commands', { require: 'Require', color: 'Color' }, {
    // What it names was loaded before the formula was read: see packagesFor.
    Require(parser, name) { parser.GetArgument(name); },

    // \color{red}{x} colours x, as on sites that load MathJax; \color{red} x colours all that
    // follows in the group, as in LaTeX.
    Color(parser, name) {
      const start = parser.i;
      parser.GetBrackets(name, '');
      parser.GetArgument(name);
      const local = parser.GetNext() === '{';
      parser.i = start;
      (local ? Color.TextColor : Color.Color)(parser, name);
    },
  });
  Configuration.create('kexue', { handler: { macro: ['kexue-commands'] }, priority: 1 });

  const REQUIRE = /\\require\s*\{([^{}]*)\}/g;
  // Commands that may change what later formulas mean, beside those that fill a map below.
  const CHANGES = /\\(?:definecolor|mathtoolsset|(?:re)?newtagform|usetagform|label)(?![a-zA-Z])/;
  const DEFINITIONS = [
    'new-Command', 'ams-declare-ops', 'new-Environment', 'new-Delimiter', 'mathtools-paired-delims',
  ];

  function packagesFor(source) {
    const named = [...source.matchAll(REQUIRE)].flatMap((match) => match[1].split(','));
    const wanted = CONFIG.optional.filter((name) => named.some((other) => other.trim() === name));
    return [...CONFIG.packages, ...wanted, 'kexue'];
  }

  class Input {
    // The TeX input for one formula: a new one when the last formula left traces, or when this
    // one asks for other packages.
    constructor(onError) {
      this.onError = onError;
      this.packages = '';
      this.tex = null;
    }

    for(source) {
      const packages = packagesFor(source), names = packages.join();
      if (this.tex === null || names !== this.packages) {
        this.packages = names;
        this.tex = new TeX({
          packages, tags: 'none', macros: CONFIG.macros, environments: CONFIG.environments,
          maxMacros: 2000, maxBuffer: 60000,
          formatError: (jax, error) => { this.onError(error.message); return jax.formatError(error); },
        });
      }
      return this.tex;
    }

    leaves(source) {
      const handlers = this.tex === null ? null : this.tex.parseOptions.handlers;
      const defined = handlers !== null && DEFINITIONS.some((name) => {
        const map = handlers.retrieve(name);
        return map !== null && map.map.size > 0;
      });
      if (defined || CHANGES.test(source)) this.forget();
    }

    forget() { this.tex = null; }
  }
  return Input;
})();
