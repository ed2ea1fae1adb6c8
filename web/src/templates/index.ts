import type { Key } from "../i18n/messages/en";

/** Applications to begin with. Each is a document that an exchange accepts as it stands. */
export const templates = {
  "web-shop": () => import("./web-shop.yaml?raw"),
  archive: () => import("./archive.yaml?raw"),
  kubernetes: () => import("./kubernetes.yaml?raw"),
  "smart-factory": () => import("./smart-factory.yaml?raw"),
  "smart-grid": () => import("./smart-grid.yaml?raw"),
  "smart-rail": () => import("./smart-rail.yaml?raw"),
  "wildfire-watch": () => import("./wildfire-watch.yaml?raw"),
  "live-broadcasting": () => import("./live-broadcasting.yaml?raw"),
  "remote-assistance": () => import("./remote-assistance.yaml?raw"),
} satisfies Record<string, () => Promise<{ default: string }>>;

export type Template = keyof typeof templates;

export const templateNames = Object.keys(templates) as Template[];

export const titleOf = (template: Template): Key => `template.${template}`;
export const textOf = (template: Template): Key => `template.${template}.text`;

export async function load(template: Template): Promise<string> {
  return (await templates[template]()).default;
}

/** The smallest document that says something. */
export const blank = `apiVersion: hansa/v1
kind: Application
metadata: { name: my-application }
spec:
  components:
    web:
      kind: compute.instance
      cpu: ">= 1"
      memory: ">= 512 MiB"
`;
