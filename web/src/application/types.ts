// The parts of an application document that the form shows. Everything else in a document is left as it is.

export interface Component {
  kind?: string;
  count?: number;
  near?: { place?: string; rtt?: string };
  spread?: { by?: string };
  requirements?: Requirements;
  [property: string]: unknown;
}

export interface Link {
  from?: string;
  to?: string;
  rtt?: string;
  traffic?: string;
}

export interface Requirements {
  jurisdiction?: string[];
  control?: { thirdCountry?: string };
  labels?: Record<string, string>;
  seal?: { minimum?: number };
  certifications?: { all?: string[]; any?: string[] };
  availability?: string;
  dataLocation?: string[];
  carbonIntensity?: string;
}

export interface Spec {
  requirements?: Requirements;
  budget?: { monthly?: string };
  objective?: Record<string, number | boolean>;
  maxProviders?: number;
  components?: Record<string, Component | null>;
  links?: Link[];
}

export interface ApplicationValue {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string };
  spec?: Spec;
}
