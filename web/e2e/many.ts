import type { Page } from "@playwright/test";

interface List {
  items: object[];
  next?: string;
  facets?: object;
}

/** Answers a list page by page, as the exchange does, with so many copies of its first item. */
export async function multiply(
  page: Page,
  path: string,
  rows: number,
  change: (item: object, index: number) => object,
): Promise<void> {
  let first: List | undefined;
  await page.route(
    (url) => url.pathname === path,
    async (route) => {
      const url = new URL(route.request().url());
      const begin = Number(url.searchParams.get("cursor") ?? 0);
      const limit = Number(url.searchParams.get("limit"));
      url.searchParams.delete("cursor");
      first ??= (await (await route.fetch({ url: url.href })).json()) as List;
      const [one = {}] = first.items;
      const items = Array.from({ length: Math.min(limit, rows - begin) }, (_, at) => change(one, begin + at));
      const next = begin + limit < rows ? String(begin + limit) : undefined;
      const json: List = { items, next };
      if (begin === 0) json.facets = { state: { listed: rows } };
      await route.fulfill({ json });
    },
  );
}
