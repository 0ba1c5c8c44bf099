/** The parts of Kubernetes objects that the kubelet reads and writes, as JSON has them. */

export type ObjectMeta = {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
};

export type Pod = { readonly metadata: ObjectMeta; readonly spec: PodSpec; readonly status?: PodStatus };

export type PodSpec = {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly terminationGracePeriodSeconds?: number;
  readonly serviceAccountName?: string;
  readonly nodeName?: string;
};

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFromSource[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: unknown; readonly postStart?: unknown };
};

export type EnvVar = { readonly name: string; readonly value?: string; readonly valueFrom?: EnvVarSource };

export type EnvVarSource = {
  readonly fieldRef?: FieldSelector;
  readonly configMapKeyRef?: KeySelector;
  readonly secretKeyRef?: KeySelector;
};

export type FieldSelector = { readonly fieldPath: string };

export type KeySelector = { readonly name: string; readonly key: string; readonly optional?: boolean };

export type EnvFromSource = {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name: string; readonly optional?: boolean };
  readonly secretRef?: { readonly name: string; readonly optional?: boolean };
};

export type VolumeMount = {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
};

export type KeyToPath = { readonly key: string; readonly path: string; readonly mode?: number };

export type ConfigMapProjection = {
  readonly name: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
};

export type SecretProjection = ConfigMapProjection;

export type DownwardProjection = {
  readonly items?: readonly { readonly path: string; readonly fieldRef?: FieldSelector; readonly mode?: number }[];
};

export type TokenProjection = {
  readonly path: string;
  readonly audience?: string;
  readonly expirationSeconds?: number;
};

export type Projection = {
  readonly configMap?: ConfigMapProjection;
  readonly secret?: SecretProjection;
  readonly downwardAPI?: DownwardProjection;
  readonly serviceAccountToken?: TokenProjection;
};

/** A volume; exactly one of its sources is there. */
export type Volume = {
  readonly name: string;
  readonly configMap?: ConfigMapProjection & { readonly defaultMode?: number };
  readonly secret?: Omit<SecretProjection, 'name'> & { readonly secretName: string; readonly defaultMode?: number };
  readonly downwardAPI?: DownwardProjection & { readonly defaultMode?: number };
  readonly projected?: { readonly sources?: readonly Projection[]; readonly defaultMode?: number };
  readonly emptyDir?: object;
  readonly hostPath?: { readonly path: string };
};

export type Probe = {
  readonly httpGet?: {
    readonly path?: string;
    readonly port: number | string;
    readonly host?: string;
    readonly scheme?: 'HTTP' | 'HTTPS';
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
};

export type ContainerState = {
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: Terminated;
};

export type Terminated = {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly containerID: string;
};

export type ContainerStatus = {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
};

export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason?: string | null;
  readonly message?: string | null;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
};

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export type PodStatus = {
  readonly phase: Phase;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly hostIP?: string;
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly startTime?: string;
  readonly observedGeneration?: number;
};

export type ConfigMap = {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
};

/** `data` in base64. */
export type Secret = { readonly data?: Readonly<Record<string, string>> };
