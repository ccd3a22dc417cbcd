/** The analyst's pages: loaded together, as they show the same charts, and what a wall lists of them is shorter for it. */
export { default as ExploreDesk } from './explore/ExploreDesk.vue';
export { default as NotebooksPage } from './notebooks/NotebooksPage.vue';
