export { renderHtml } from './html/index.ts';
export type { HtmlOptions } from './html/index.ts';
