import { memo, useEffect, useRef, useState, type ReactNode, type Ref, type RefObject } from "react";
import { useText } from "../i18n/i18n";
import { Button } from "./Button";
import { classes } from "./Layout";
import styles from "./Table.module.css";
import { usePageRows } from "./useRows";

export interface Column<Row> {
  header: string;
  cell: (row: Row) => ReactNode;
  /** Whether it holds numbers. */
  right?: boolean;
}

/** Further rows, and how they are got. */
export interface More {
  has: boolean;
  busy: boolean;
  load: () => void;
}

interface TableProps<Row> {
  /** What the table is of, for those who do not see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  footer?: ReactNode;
  more?: More;
}

/** Up to so many rows are all in the page, where the browser's own search finds them. */
const few = 100;
/** How many rows before the last that are loaded the next ones are asked for. */
const ahead = 40;
/** About how high a row is, and a card on a phone, until they are measured. */
const heights = { row: 44, card: 190 };

/**
 * Rows of like things; each becomes a card on a phone. The first column names the row. Of many rows only those on the
 * screen are in the page, and further ones are loaded while one scrolls.
 */
export function Table<Row>({ label, columns, rows, keyOf, footer, more }: TableProps<Row>) {
  const { t } = useText();
  const table = useRef<HTMLTableElement>(null);
  const many = rows.length > few || (rows.length === few && more?.has === true);
  const widths = useWidths(table, many, columns.length);
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
        <table
          ref={table}
          className={classes(styles.table, styles.cards, widths && styles.fixed)}
          aria-label={label}
          aria-rowcount={many ? (more?.has ? -1 : rows.length + 1) : undefined}
        >
          {widths ? (
            <colgroup>
              {widths.map((width, index) => (
                <col key={index} style={{ width }} />
              ))}
            </colgroup>
          ) : null}
          <thead>
            <tr aria-rowindex={many ? 1 : undefined}>
              {columns.map(({ header, right }) => (
                <th key={header} scope="col" className={classes(right && styles.right)}>
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          {many ? (
            <ManyRows columns={columns} rows={rows} keyOf={keyOf} more={more} />
          ) : (
            <tbody>
              {rows.map((row) => (
                <TableRow key={keyOf(row)} row={row} columns={columns} />
              ))}
            </tbody>
          )}
          {footer ? <tfoot>{footer}</tfoot> : null}
        </table>
      </div>
      {more?.has ? (
        <div className={styles.more}>
          <Button busy={more.busy} onClick={more.load}>
            {t("common.more")}
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** How wide the columns are at first: that must not change with the rows that scroll by. */
function useWidths(table: RefObject<HTMLTableElement | null>, many: boolean, count: number): number[] | undefined {
  const [widths, setWidths] = useState<number[]>();
  useEffect(() => {
    const head = table.current?.tHead;
    if (!head || !many) return;
    const sizes = new ResizeObserver(() => {
      // On a phone there are cards instead of columns, and the head is there for readers only.
      if (head.offsetHeight > 1) setWidths([...(head.rows[0]?.cells ?? [])].map(({ offsetWidth }) => offsetWidth));
      sizes.disconnect();
    });
    sizes.observe(head);
    return () => sizes.disconnect();
  }, [table, many, count]);
  return many && widths?.length === count ? widths : undefined;
}

/** The rows that are on the screen, between two that are as high as all before and all after them. */
function ManyRows<Row>({ columns, rows, keyOf, more }: Pick<TableProps<Row>, "columns" | "rows" | "keyOf" | "more">) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [height] = useState(() => (globalThis.matchMedia("(max-width: 640px)").matches ? heights.card : heights.row));
  const shown = usePageRows({ count: rows.length, body, height });
  const items = shown.getVirtualItems();
  const last = items.at(-1);
  const before = (items[0]?.start ?? 0) - (items[0] ? shown.options.scrollMargin : 0);
  const after = last ? shown.getTotalSize() + shown.options.scrollMargin - last.end : shown.getTotalSize();
  const isDue = more?.has === true && !more.busy && (last?.index ?? 0) >= rows.length - ahead;
  const load = useRef(more?.load);
  useEffect(() => {
    load.current = more?.load;
  });
  useEffect(() => {
    if (isDue) load.current?.();
  }, [isDue, rows.length]);
  return (
    <tbody ref={body}>
      <Gap height={before} columns={columns.length} />
      {items.map(({ index }) => {
        const row = rows[index];
        return row === undefined ? null : (
          <TableRow key={keyOf(row)} row={row} columns={columns} index={index} ref={shown.measureElement} />
        );
      })}
      <Gap height={after} columns={columns.length} />
    </tbody>
  );
}

function Gap({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className={styles.gap}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

interface TableRowProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  /** Its place among many. */
  index?: number;
  ref?: Ref<HTMLTableRowElement>;
}

function AnyTableRow<Row>({ row, columns, index, ref }: TableRowProps<Row>) {
  return (
    <tr ref={ref} data-index={index} aria-rowindex={index === undefined ? undefined : index + 2}>
      {columns.map(({ header, cell, right }, column) => {
        const className = classes(right && styles.right);
        return column === 0 ? (
          <th key={header} scope="row" className={className}>
            {cell(row)}
          </th>
        ) : (
          <td key={header} data-label={header} className={className}>
            {cell(row)}
          </td>
        );
      })}
    </tr>
  );
}

/** A row is drawn anew only when it or its columns change, not whenever the table is scrolled. */
const TableRow = memo(AnyTableRow) as typeof AnyTableRow;

/** Facts about one thing: what is what. Facts without a value are left out. */
export function Details({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={styles.details}>
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
