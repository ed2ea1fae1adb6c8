/** Good, middling or bad by two bounds; a colour of its own for what is not known. */
export function mixed(value: number | undefined, [low, high]: readonly [number, number]): string {
  if (value === undefined) return "--line-strong";
  return value <= low ? "--good" : value <= high ? "--warn" : "--bad";
}
