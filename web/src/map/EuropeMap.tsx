import { geoConicConformal, geoPath } from "d3-geo";
import { Minus, Plus, Maximize } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type PointerEvent, type RefObject } from "react";
import europe from "virtual:europe";
import { useText } from "../i18n/i18n";
import { IconButton } from "../ui/Button";
import { clustered } from "./cluster";
import styles from "./EuropeMap.module.css";

export interface MapPoint {
  id: string;
  label: string;
  longitude: number;
  latitude: number;
  /** A colour by its token, such as `--good`. */
  colour: string;
  /** Shown beside the point, not only in its title. */
  marked?: string;
}

export interface MapLink {
  from: string;
  to: string;
  label?: string;
}

interface EuropeMapProps {
  label: string;
  points: readonly MapPoint[];
  links?: readonly MapLink[];
  selected?: readonly string[];
  onSelect?: (ids: string[]) => void;
  legend?: readonly { colour: string; label: string }[];
  height?: number;
}

interface View {
  scale: number;
  x: number;
  y: number;
}

const width = 900;
const whole: View = { scale: 1, x: 0, y: 0 };
const closest = 14;
/** The least that a finger can be asked to hit, in pixels. */
const target = 24;

function useProjection(height: number) {
  return useMemo(() => {
    const projection = geoConicConformal().parallels([40, 62]).rotate([-12, 0]).center([0, 52]);
    projection.fitExtent(
      [
        [10, 10],
        [width - 10, height - 10],
      ],
      {
        type: "MultiPoint",
        coordinates: [
          [-10, 36],
          [28, 36],
          [-8, 60],
          [30, 64],
        ],
      },
    );
    const path = geoPath(projection);
    const land = europe.features.map((feature) => ({ name: feature.properties.name, d: path(feature) ?? "" }));
    return { project: (at: [number, number]) => projection(at) ?? [0, 0], land };
  }, [height]);
}

/** How many units of the picture a pixel of the screen is: points and letters keep their size however wide the map is. */
function useUnit(picture: RefObject<SVGSVGElement | null>): number {
  const [unit, setUnit] = useState(1);
  useEffect(() => {
    const element = picture.current;
    if (!element) return;
    const sizes = new ResizeObserver(() => {
      if (element.clientWidth > 0) setUnit(width / element.clientWidth);
    });
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [picture]);
  return unit;
}

/** A map of Europe with points that can be chosen, and arcs between them. Points that overlap are one until one zooms in. */
export default function EuropeMap({
  label,
  points,
  links = [],
  selected = [],
  onSelect,
  legend,
  height = 620,
}: EuropeMapProps) {
  const { t } = useText();
  const { project, land } = useProjection(height);
  const [view, setView] = useState(whole);
  const picture = useRef<SVGSVGElement>(null);
  const unit = useUnit(picture);
  const drag = useRef<{ x: number; y: number } | undefined>(undefined);
  const screen = ([x, y]: [number, number]): [number, number] => [x * view.scale + view.x, y * view.scale + view.y];
  const zoom = (factor: number, [x, y]: [number, number] = [width / 2, height / 2]) =>
    setView((old) => {
      const scale = Math.min(closest, Math.max(1, old.scale * factor));
      if (scale === 1) return whole;
      const ratio = scale / old.scale;
      return { scale, x: x - (x - old.x) * ratio, y: y - (y - old.y) * ratio };
    });
  const places = new Map(points.map((point) => [point.id, screen(project([point.longitude, point.latitude]))]));
  const clusters = clustered(
    points.map((item) => {
      const [x, y] = places.get(item.id) ?? [0, 0];
      return { x, y, item };
    }),
    target * unit,
  );
  const move = (event: PointerEvent<SVGSVGElement>) => {
    if (!drag.current || view.scale === 1) return;
    const ratio = width / event.currentTarget.clientWidth;
    const { x, y } = drag.current;
    drag.current = { x: event.clientX, y: event.clientY };
    setView((old) => ({ ...old, x: old.x + (event.clientX - x) * ratio, y: old.y + (event.clientY - y) * ratio }));
  };
  const choose = (ids: string[], at: [number, number]) => {
    if (!onSelect) return;
    onSelect(ids);
    if (ids.length > 6) zoom(2.4, at);
  };
  return (
    <div>
      <div className={styles.map}>
        <svg
          ref={picture}
          className={styles.picture}
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label={label}
          onPointerDown={(event) => (drag.current = { x: event.clientX, y: event.clientY })}
          onPointerMove={move}
          onPointerUp={() => (drag.current = undefined)}
          onPointerLeave={() => (drag.current = undefined)}
        >
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`} aria-hidden>
            {land.map(({ name, d }, index) => (
              <path key={`${name} ${index}`} d={d} className={styles.land} />
            ))}
          </g>
          {links.map(({ from, to, label: text }) => {
            const start = places.get(from);
            const end = places.get(to);
            if (!start || !end) return null;
            const bend = Math.min(60, Math.hypot(end[0] - start[0], end[1] - start[1]) / 4);
            const middle = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - bend];
            return (
              <g key={`${from} ${to} ${text}`} aria-hidden>
                <path
                  className={styles.link}
                  d={`M${start.join(" ")} Q${middle[0]} ${(middle[1] ?? 0) - bend / 2} ${end.join(" ")}`}
                />
                {text ? (
                  <text
                    className={styles.linkLabel}
                    x={middle[0]}
                    y={(middle[1] ?? 0) + bend / 4}
                    textAnchor="middle"
                    style={{ fontSize: 12 * unit }}
                  >
                    {text}
                  </text>
                ) : null}
              </g>
            );
          })}
          {clusters.map(({ x, y, items }) => {
            const ids = items.map(({ id }) => id);
            const name = items.length === 1 ? (items[0]?.label ?? "") : t("market.sitesHere", { count: items.length });
            const chosen = ids.some((id) => selected.includes(id));
            const radius = (items.length === 1 ? 7 : Math.min(16, 9 + Math.sqrt(items.length) * 1.6)) * unit;
            const marks = [...new Set(items.flatMap(({ marked }) => (marked ? [marked] : [])))].join(", ");
            return (
              <g
                key={ids.join(" ")}
                className={onSelect ? styles.point : `${styles.point} ${styles.fixed}`}
                transform={`translate(${x} ${y})`}
                data-selected={chosen}
                {...(onSelect
                  ? {
                      role: "button",
                      tabIndex: 0,
                      "aria-label":
                        items.length === 1 ? name : `${name}: ${items.map((item) => item.label).join(", ")}`,
                      "aria-pressed": chosen,
                      onClick: () => choose(ids, [x, y]),
                      onKeyDown: (event) => {
                        if (event.key !== "Enter" && event.key !== " ") return;
                        event.preventDefault();
                        choose(ids, [x, y]);
                      },
                    }
                  : {})}
              >
                <title>{name}</title>
                <circle className={styles.target} r={(target / 2) * unit} />
                <circle className={styles.dot} r={radius} style={{ fill: `var(${items[0]?.colour ?? "--accent"})` }} />
                {items.length > 1 ? (
                  <text textAnchor="middle" dy="0.36em" style={{ fontSize: 11 * unit }} aria-hidden>
                    {items.length}
                  </text>
                ) : null}
                {marks ? (
                  <text
                    className={styles.label}
                    x={radius + 5 * unit}
                    dy="0.36em"
                    style={{ fontSize: 13 * unit }}
                    aria-hidden
                  >
                    {marks}
                  </text>
                ) : null}
              </g>
            );
          })}
        </svg>
        <div className={styles.buttons}>
          <IconButton small look="plain" label={t("market.zoomIn")} onClick={() => zoom(1.8)}>
            <Plus size={16} aria-hidden />
          </IconButton>
          <IconButton small look="plain" label={t("market.zoomOut")} onClick={() => zoom(1 / 1.8)}>
            <Minus size={16} aria-hidden />
          </IconButton>
          <IconButton small look="plain" label={t("market.zoomReset")} onClick={() => setView(whole)}>
            <Maximize size={16} aria-hidden />
          </IconButton>
        </div>
      </div>
      {legend ? (
        <p className={styles.legend}>
          {legend.map(({ colour, label: text }) => (
            <span key={text}>
              <i style={{ background: `var(${colour})` }} aria-hidden />
              {text}
            </span>
          ))}
        </p>
      ) : null}
    </div>
  );
}
