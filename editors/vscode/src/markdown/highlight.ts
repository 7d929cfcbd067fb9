/** Colours for `dgen` fences in the Markdown preview, in the classes of highlight.js. Free of VS Code's API. */

interface MarkdownIt {
  readonly options: { highlight?: ((code: string, language: string, attributes: string) => string) | null };
}

const KEYWORDS =
  "absent|after|and|as|bare|by|check|cover|dataset|distinct|each|else|enum|from|hidden|if|import|in|key|lifecycle|locale|match|max|not|now|null|or|over|partition|per|pool|row|table|then|type|unique|until|when|where|true|false";
const TYPES =
  "bool|u?int(?:8|16|32|64)?|float(?:32)?|decimal|string|bytes|date|time|timestamp|duration|uuid|json|list|struct|variant|tuple|map";

/** What a token is, by the first of these that matches where it begins. */
const RULES: readonly (readonly [className: string, pattern: string])[] = [
  ["comment", "#[^\\n]*"],
  ["string", 'f?"""(?:[^"\\\\]|\\\\[\\s\\S]|"(?!""))*"""|f?"(?:[^"\\\\\\n]|\\\\.)*"'],
  ["regexp", "(?<=[=(,|:\\[>]\\s*)/(?![*/\\s])(?:[^/\\\\\\[\\n]|\\\\.|\\[(?:[^\\]\\\\\\n]|\\\\.)*\\])+/"],
  ["number", "\\d{4}-\\d{1,2}-\\d{1,2}(?:T[\\d:.]+(?:Z|[+-]\\d{2}:?\\d{2})?)?|\\d{2}:\\d{2}(?::\\d{2})?|\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:%|us|ms|[smhdw]\\b|e[+-]?\\d+)?"],
  ["built_in", "[A-Za-z_]\\w*(?=\\()"],
  ["keyword", `(?:${KEYWORDS})\\b(?!\\s*:)`],
  ["type", `(?:${TYPES})\\b(?=[\\s?(<\\[>,]|$)`],
  ["", "[A-Za-z_]\\w*|`[^`\\n]+`"],
];
const TOKEN = new RegExp(RULES.map(([, pattern]) => `(${pattern})`).join("|"), "g");

/** Code as HTML, its tokens in spans. */
export function highlighted(code: string): string {
  let html = "";
  let end = 0;
  for (const found of code.matchAll(TOKEN)) {
    const [text, ...groups] = found;
    const rule = RULES[groups.findIndex((group) => group !== undefined)];
    html += escaped(code.slice(end, found.index));
    html += rule?.[0] ? `<span class="hljs-${rule[0]}">${escaped(text)}</span>` : escaped(text);
    end = found.index + text.length;
  }
  return html + escaped(code.slice(end));
}

/** The Markdown preview's parser, with colours for our fences. */
export function extendMarkdownIt<Parser extends MarkdownIt>(parser: Parser): Parser {
  const { highlight } = parser.options;
  parser.options.highlight = (code, language, attributes) =>
    language.toLowerCase() === "dgen" ? highlighted(code) : (highlight?.(code, language, attributes) ?? "");
  return parser;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
