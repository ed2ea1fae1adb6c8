import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useText } from "../i18n/i18n";
import { IconButton } from "./Button";
import styles from "./Overlay.module.css";

const manager = Toast.createToastManager();

/** Says in passing that something was done, or was not. What must be read does not belong here. */
export function toast(type: "good" | "bad" | "accent", title: string, description?: string): void {
  manager.add({ type, title, description, priority: type === "bad" ? "high" : "low" });
}

function List() {
  const { t } = useText();
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root key={item.id} toast={item} className={styles.toast}>
      <Toast.Content className={styles.toastContent}>
        <div className={styles.toastText}>
          <Toast.Title className={styles.toastTitle} render={<div />} />
          <Toast.Description render={<div className="muted" />} />
        </div>
        <Toast.Close
          render={
            <IconButton label={t("common.close")} small>
              <X size={16} aria-hidden />
            </IconButton>
          }
        />
      </Toast.Content>
    </Toast.Root>
  ));
}

/** Where what is said in passing appears. */
export default function Toasts() {
  return (
    <Toast.Provider toastManager={manager}>
      <Toast.Portal>
        <Toast.Viewport className={styles.toasts}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
