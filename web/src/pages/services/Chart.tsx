import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import type { Schema } from "../../api/types";
import styles from "./Chart.module.css";

interface ChartProps {
  label: string;
  series: Schema<"MetricSeries">;
  /** A value as people read it. */
  shown: (value: number) => string;
  clock: (timestamp: string) => string;
}

const height = 150;

/** One metric over time. The colours are the page's own, also after they change. */
export default function Chart({ label, series, shown, clock }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const times = series.at.map((at) => Date.parse(at) / 1000);
  const data: uPlot.AlignedData = [times, series.values];
  const latest = useRef({ data, shown, clock });
  useEffect(() => {
    latest.current = { data, shown, clock };
    plot.current?.setData(data);
  });
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
    // A canvas can't resolve `light-dark()`: an element does it, in the theme that is on, and at once.
    element.style.setProperty("transition", "none", "important");
    const resolved = (name: string) => {
      element.style.color = `var(${name})`;
      const value = getComputedStyle(element).color;
      element.style.removeProperty("color");
      return value || colour(name);
    };
    const axis: uPlot.Axis = {
      stroke: () => resolved("--text-muted"),
      grid: { stroke: () => resolved("--line"), width: 1 },
      ticks: { show: false },
      font: "12px Inter Variable, sans-serif",
    };
    const chart = new uPlot(
      {
        width: element.clientWidth || 300,
        height,
        legend: { show: false },
        cursor: { y: false },
        scales: { y: { range: (_, least, most) => [Math.min(0, least), most <= 0 ? 1 : most * 1.15] } },
        axes: [
          {
            ...axis,
            values: (_, ticks) => ticks.map((tick) => latest.current.clock(new Date(tick * 1000).toISOString())),
            space: 90,
          },
          { ...axis, values: (_, ticks) => ticks.map((tick) => latest.current.shown(tick)), size: 72 },
        ],
        series: [
          {},
          {
            stroke: () => resolved("--series-1"),
            width: 2,
            points: { show: false },
            fill: () => resolved("--accent-soft"),
          },
        ],
      },
      latest.current.data,
      element,
    );
    plot.current = chart;
    const sizes = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const scheme = globalThis.matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => chart.redraw();
    scheme.addEventListener("change", repaint);
    const theme = new MutationObserver(repaint);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sizes.disconnect();
      theme.disconnect();
      scheme.removeEventListener("change", repaint);
      chart.destroy();
    };
  }, []);
  const last = series.values.at(-1);
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span>{label}</span>
        <strong className="number">{last === undefined ? "–" : shown(last)}</strong>
      </figcaption>
      <div ref={place} role="img" aria-label={`${label}: ${last === undefined ? "–" : shown(last)}`} />
    </figure>
  );
}
