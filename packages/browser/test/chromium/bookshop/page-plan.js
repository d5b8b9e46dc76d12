// As `renderPagePlan` renders it for a bookshop's plan.
export const pagePlan = {
  pageView: 'shelf_seen',
  load: () => import('./allow-list.js'),
};
