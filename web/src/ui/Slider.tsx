import { Slider as Base } from "@base-ui/react/slider";
import styles from "./Slider.module.css";

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** The value in words. */
  shown: string;
  onChange: (value: number) => void;
}

/** A value within bounds, to try out what it does. */
export function Slider({ label, value, min, max, step, shown, onChange }: SliderProps) {
  return (
    <Base.Root
      className={styles.slider}
      value={value}
      min={min}
      max={max}
      step={step}
      onValueChange={(next: number | readonly number[]) => onChange(typeof next === "number" ? next : (next[0] ?? min))}
    >
      <Base.Label className={styles.label}>{label}</Base.Label>
      <span className={styles.value}>{shown}</span>
      <Base.Control className={styles.control}>
        <Base.Track className={styles.track}>
          <Base.Indicator className={styles.indicator} />
          <Base.Thumb className={styles.thumb} aria-label={label} getAriaValueText={() => shown} />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  );
}
