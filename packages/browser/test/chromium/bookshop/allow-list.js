// As `renderBrowserPlan` renders it for a bookshop's plan.
export const browserPlan = {
  events: {
    shelf_seen: { page: 'p' },
    book_viewed: { isbn: 'p', found_at: 'u' },
  },
  profile: { favourite_genre: 'p' },
  contextKeys: ['isbn'],
};
