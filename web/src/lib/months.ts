/** Months as `2026-11`, the newest first, ending with the one that a point in time is in. */
export function recentMonths(count: number, now = new Date()): string[] {
  return Array.from({ length: count }, (_, back) => {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1));
    return month.toISOString().slice(0, 7);
  });
}

/** A point in the middle of a month, so that no time zone takes it into another one. */
export function middleOf(month: string): string {
  return `${month}-15T12:00:00Z`;
}
