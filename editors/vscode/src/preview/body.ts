/** What the page's script finds. */
export const BODY = `<header id="toolbar" role="toolbar" aria-label="Preview"></header>
<div id="message" role="status" data-testid="preview-message" hidden></div>
<main id="grid" role="grid" tabindex="0" aria-multiselectable="true" data-testid="preview-grid"></main>
<footer id="note" data-testid="preview-note" hidden></footer>`;
