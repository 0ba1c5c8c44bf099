/**
 * The CRD as data. Generated from crds/courier.dev_couriers.yaml by `npm run generate`; edit that file instead.
 */
import type { Schema } from './schema.ts';

/** The schema of a Courier. */
export const courierSchema: Schema = {
  "description": "Delivers the messages of one SQS queue to one HTTP recipient and audits every delivery.",
  "type": "object",
  "required": [
    "spec"
  ],
  "x-kubernetes-validations": [
    {
      "rule": "self.metadata.name.size() <= 52 && !self.metadata.name.contains('.')",
      "message": "The name is longer than 52 characters or holds a dot. Choose one of at most 52 characters of a-z, 0-9 and \"-\".",
      "messageExpression": "'The name ' + self.metadata.name + ' has ' + string(self.metadata.name.size()) + ' characters or holds a dot. Choose one of at most 52 characters of a-z, 0-9 and \"-\".'"
    }
  ],
  "properties": {
    "apiVersion": {
      "description": "The version of this schema, courier.dev/v1alpha1.",
      "type": "string",
      "maxLength": 64
    },
    "kind": {
      "description": "Always Courier.",
      "type": "string",
      "maxLength": 64
    },
    "metadata": {
      "type": "object"
    },
    "spec": {
      "description": "What should be delivered, where to, and how. Written by people, never by Courier.",
      "type": "object",
      "required": [
        "queue",
        "recipient",
        "audit"
      ],
      "properties": {
        "suspend": {
          "description": "True: no workers, nothing is received, and the rest of the spec stays for later. What workers hold at that moment they still deliver.",
          "type": "boolean",
          "default": false
        },
        "queue": {
          "description": "The SQS queue that messages come from.",
          "type": "object",
          "required": [
            "url"
          ],
          "x-kubernetes-validations": [
            {
              "rule": "has(self.region) || self.url.lowerAscii().matches( r'^https?://((([a-z0-9-]+\\.)?sqs(-fips)?\\.[a-z0-9-]+(\\.vpce)?|[a-z0-9-]+\\.queue)\\.(amazonaws\\.com(\\.cn)?|api\\.aws)|queue\\.amazonaws\\.com)(:[0-9]+)?/')",
              "reason": "FieldValueRequired",
              "fieldPath": ".region",
              "message": "The region cannot be derived from a url whose host is not one of AWS. Set region, for example us-east-1, since requests are signed for a region even where the service ignores it.",
              "messageExpression": "'The region cannot be derived from ' + self.url + ', whose host is not one of AWS.' + ' Set region, for example us-east-1, since requests are signed for a region even where the service ignores it.'"
            },
            {
              "rule": "!has(self.region) || has(self.endpoint) || !self.url.lowerAscii().matches( r'^https?://((([a-z0-9-]+\\.)?sqs(-fips)?\\.[a-z0-9-]+(\\.vpce)?|[a-z0-9-]+\\.queue)\\.(amazonaws\\.com(\\.cn)?|api\\.aws)|queue\\.amazonaws\\.com)(:[0-9]+)?/') || self.url.lowerAscii().contains('.' + self.region + '.') || self.url.lowerAscii().contains('//' + self.region + '.queue.') || (self.region == 'us-east-1' && self.url.lowerAscii().contains('//queue.amazonaws.com'))",
              "fieldPath": ".region",
              "message": "The region is not the one that the url names. Remove region, since it is derived from the url.",
              "messageExpression": "'The region ' + self.region + ' is not the one that ' + self.url + ' names. Remove region, since it is derived from the url.'"
            }
          ],
          "properties": {
            "url": {
              "description": "The queue's URL, as SQS names it. A queue is FIFO exactly when its name ends in `.fifo`.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                  "message": "The URL holds a user name or a password. Remove what stands before the \"@\", since SQS is called with the credentials of the environment."
                },
                {
                  "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches( r'^https?://[^/?#\\s]+(/[A-Za-z0-9._-]+)+/([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\\.fifo)$'))",
                  "message": "The value is not the URL of a queue. Write it as SQS names it, like https://sqs.eu-west-1.amazonaws.com/123456789012/orders.",
                  "messageExpression": "'\"' + self + '\" is not the URL of a queue.' + ' Write it as SQS names it, like https://sqs.eu-west-1.amazonaws.com/123456789012/orders.'"
                }
              ]
            },
            "region": {
              "description": "The region that requests are signed for. Derived from the url where its host is one of AWS, required where it is not.",
              "type": "string",
              "minLength": 1,
              "maxLength": 63,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches(r'^[a-z0-9]+(-[a-z0-9]+)*$')",
                  "message": "The value is not the name of a region. Write it in lower case, like eu-west-1.",
                  "messageExpression": "'\"' + self + '\" is not the name of a region. Write it in lower case, like eu-west-1.'"
                }
              ]
            },
            "endpoint": {
              "description": "Where requests go when not to the host of the url: another SQS-compatible service, or a proxy.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                  "message": "The endpoint holds a user name or a password. Remove what stands before the \"@\", since the service is called with the credentials of the environment."
                },
                {
                  "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches(r'^https?://[^/?#\\s]+(/[^?#\\s]*)?$'))",
                  "message": "The value is not an endpoint. Write scheme, host and port and no query, like http://localhost:9324.",
                  "messageExpression": "'\"' + self + '\" is not an endpoint.' + ' Write scheme, host and port and no query, like http://localhost:9324.'"
                }
              ]
            },
            "visibilityTimeoutSeconds": {
              "description": "How long a received message stays invisible to others: after a worker dies, its messages are delivered again this much later. Workers extend it by heartbeat, every third of it, for as long as they hold a message, so it need not cover the recipient's time. Below five seconds a single late heartbeat would cause duplicates.",
              "type": "integer",
              "format": "int32",
              "minimum": 5,
              "maximum": 43200,
              "default": 60
            },
            "waitTimeSeconds": {
              "description": "How long a receive waits for a message to arrive. Less costs more requests and delivers no sooner; 0 is a short poll, which may miss messages that are there.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 20,
              "default": 20
            }
          }
        },
        "recipient": {
          "description": "The HTTP server that messages are delivered to, one message a request.",
          "type": "object",
          "required": [
            "url"
          ],
          "properties": {
            "url": {
              "description": "Where each message is sent. A 2xx answer accepts it; redirects are not followed.",
              "type": "string",
              "minLength": 1,
              "maxLength": 2048,
              "x-kubernetes-validations": [
                {
                  "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                  "message": "The URL holds a user name or a password. Remove what stands before the \"@\" and send the credentials as an authorization header."
                },
                {
                  "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches(r'^https?://[^/?#\\s]+([/?][^#\\s]*)?$'))",
                  "message": "The value is not an http or https URL without a fragment. Write scheme, host and path, like http://orders.shop.svc/events.",
                  "messageExpression": "'\"' + self + '\" is not an http or https URL without a fragment.' + ' Write scheme, host and path, like http://orders.shop.svc/events.'"
                }
              ]
            },
            "method": {
              "description": "The method of each request.",
              "type": "string",
              "enum": [
                "POST",
                "PUT",
                "PATCH"
              ],
              "default": "POST"
            },
            "contentType": {
              "description": "The content-type of each request; the body is the message's, byte for byte.",
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "default": "application/json",
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches(r'^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[ -~]+)?$')",
                  "message": "The value is not a media type. Write type and subtype, like application/json.",
                  "messageExpression": "'\"' + self + '\" is not a media type. Write type and subtype, like application/json.'"
                }
              ]
            },
            "headers": {
              "description": "Headers of each request, besides those that Courier sets itself.",
              "type": "array",
              "maxItems": 32,
              "x-kubernetes-list-type": "map",
              "x-kubernetes-list-map-keys": [
                "name"
              ],
              "x-kubernetes-validations": [
                {
                  "rule": "self.all(h, self.exists_one(other, other.name.lowerAscii() == h.name.lowerAscii()))",
                  "message": "Two headers have names that differ only in case, which HTTP ignores. Keep one of them.",
                  "messageExpression": "'The headers ' + self.filter(h, !self.exists_one(other, other.name.lowerAscii() == h.name.lowerAscii())) .map(h, h.name).join(', ') + ' differ only in case, which HTTP ignores. Keep one of them.'"
                }
              ],
              "items": {
                "description": "One header.",
                "type": "object",
                "required": [
                  "name",
                  "value"
                ],
                "properties": {
                  "name": {
                    "description": "The header's name; case does not matter.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 128,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches(r\"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$\")",
                        "message": "The value is not the name of a header. Use letters, digits and \"-\" only, without the colon.",
                        "messageExpression": "'\"' + self + '\" is not the name of a header.' + ' Use letters, digits and \"-\" only, without the colon.'"
                      },
                      {
                        "rule": "!self.lowerAscii().startsWith('courier-') && !(self.lowerAscii() in ['connection', 'content-length', 'content-type', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'traceparent', 'tracestate', 'transfer-encoding', 'upgrade'])",
                        "message": "Courier or HTTP sets this header itself. Remove it; the content type is set by recipient.contentType.",
                        "messageExpression": "'The header ' + self + ' is one that Courier or HTTP sets itself.' + ' Remove it; the content type is set by recipient.contentType.'"
                      }
                    ]
                  },
                  "value": {
                    "description": "The header's value, the same for every message. Anyone who may read the Courier can read it.",
                    "type": "string",
                    "format": "password",
                    "maxLength": 4096,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches(r'^[\\t -~]*$')",
                        "message": "The header's value holds a line break or a character that is not ASCII. Remove it, since HTTP does not carry it."
                      }
                    ]
                  }
                }
              }
            },
            "timeoutSeconds": {
              "description": "How long the recipient may take, from the first byte sent to the last byte of its answer. Then the attempt has failed and the message is retried, although the recipient may have accepted it.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 3600,
              "default": 30
            },
            "connectTimeoutSeconds": {
              "description": "How long a connection may take, TLS included, before the request's own time begins.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 300,
              "default": 5
            },
            "concurrency": {
              "description": "How many requests run at a time.",
              "type": "object",
              "default": {},
              "properties": {
                "maxPerReplica": {
                  "description": "The most requests that one worker has open at a time.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 1024,
                  "default": 64
                }
              }
            }
          }
        },
        "delivery": {
          "description": "What happens to a message that the recipient did not accept.",
          "type": "object",
          "default": {},
          "properties": {
            "backoff": {
              "description": "How long to wait before the next attempt: a random part of a limit that starts at initialMilliseconds and doubles with each failure up to maxSeconds. A recipient's Retry-After comes first.",
              "type": "object",
              "default": {},
              "x-kubernetes-validations": [
                {
                  "rule": "self.initialMilliseconds <= self.maxSeconds * 1000",
                  "fieldPath": ".initialMilliseconds",
                  "message": "initialMilliseconds is above maxSeconds. Lower initialMilliseconds or raise maxSeconds.",
                  "messageExpression": "'initialMilliseconds ' + string(self.initialMilliseconds) + ' is above maxSeconds ' + string(self.maxSeconds) + '. Lower initialMilliseconds or raise maxSeconds.'"
                }
              ],
              "properties": {
                "initialMilliseconds": {
                  "description": "The limit of the wait after the first failure.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 3600000,
                  "default": 500
                },
                "maxSeconds": {
                  "description": "The limit that no wait exceeds, Retry-After apart. SQS holds a message back for twelve hours at most.",
                  "type": "integer",
                  "format": "int32",
                  "minimum": 1,
                  "maximum": 43200,
                  "default": 900
                }
              }
            }
          }
        },
        "audit": {
          "description": "Where accepted deliveries are recorded, before the message is deleted from the queue: exactly one of firehose, file and none.",
          "type": "object",
          "x-kubernetes-validations": [
            {
              "rule": "[has(self.firehose), has(self.file), has(self.none)].exists_one(sink, sink)",
              "reason": "FieldValueInvalid",
              "message": "audit names no sink or several. Keep exactly one of firehose, file and none; to audit nothing, write none with empty braces, \"none: {}\".",
              "messageExpression": "(has(self.firehose) || has(self.file) || has(self.none) ? 'audit names several sinks, ' + [has(self.firehose) ? 'firehose' : '', has(self.file) ? 'file' : '', has(self.none) ? 'none' : ''] .filter(sink, sink != '').join(', ') : 'audit names no sink') + '. Keep exactly one of firehose, file and none; to audit nothing, write none with empty braces, \"none: {}\".'"
            }
          ],
          "properties": {
            "firehose": {
              "description": "A stream of Amazon Data Firehose; a record is durable once Firehose returned its id.",
              "type": "object",
              "required": [
                "deliveryStreamName"
              ],
              "properties": {
                "deliveryStreamName": {
                  "description": "The name of the delivery stream, in the account of the workers' credentials.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 64,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches(r'^[A-Za-z0-9_.-]+$')",
                      "message": "The value is not the name of a delivery stream. Use letters, digits, \"_\", \".\" and \"-\", not its ARN.",
                      "messageExpression": "'\"' + self + '\" is not the name of a delivery stream. Use letters, digits, \"_\", \".\" and \"-\", not its ARN.'"
                    }
                  ]
                },
                "region": {
                  "description": "The stream's region; that of the queue when absent.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 63,
                  "x-kubernetes-validations": [
                    {
                      "rule": "self.matches(r'^[a-z0-9]+(-[a-z0-9]+)*$')",
                      "message": "The value is not the name of a region. Write it in lower case, like eu-west-1.",
                      "messageExpression": "'\"' + self + '\" is not the name of a region. Write it in lower case, like eu-west-1.'"
                    }
                  ]
                },
                "endpoint": {
                  "description": "Where requests go when not to AWS, another Firehose-compatible service or a proxy.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 2048,
                  "x-kubernetes-validations": [
                    {
                      "rule": "!self.matches(r'^[A-Za-z]+://[^/?#]*@')",
                      "message": "The endpoint holds a user name or a password. Remove what stands before the \"@\", since the service is called with the credentials of the environment."
                    },
                    {
                      "rule": "self.matches(r'^[A-Za-z]+://[^/?#]*@') || (isURL(self) && self.matches(r'^https?://[^/?#\\s]+(/[^?#\\s]*)?$'))",
                      "message": "The value is not an endpoint. Write scheme, host and port and no query, like http://localhost:4573.",
                      "messageExpression": "'\"' + self + '\" is not an endpoint.' + ' Write scheme, host and port and no query, like http://localhost:4573.'"
                    }
                  ]
                }
              }
            },
            "file": {
              "description": "Files of one JSON record a line, in a directory for each worker; a record is durable once the file was synchronised to disk.",
              "type": "object",
              "required": [
                "directory"
              ],
              "properties": {
                "directory": {
                  "description": "Where each worker makes its own directory. A relative path starts where the worker was started.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1024
                },
                "maxSegmentBytes": {
                  "description": "The size above which a worker goes on in a new file.",
                  "type": "integer",
                  "format": "int64",
                  "minimum": 65536,
                  "maximum": 1073741824,
                  "default": 67108864
                }
              }
            },
            "none": {
              "description": "No audit; a message is deleted as soon as the recipient accepted it.",
              "type": "object"
            },
            "body": {
              "description": "What a record says of the message's body: the body itself, its SHA-256 digest, or nothing.",
              "type": "string",
              "enum": [
                "Full",
                "Digest",
                "None"
              ],
              "default": "Full"
            },
            "oversize": {
              "description": "What becomes of a body that does not fit a record of the sink (Firehose, about 1,000,000 bytes): its digest instead, or as much of it as fits, marked as truncated.",
              "type": "string",
              "enum": [
                "Digest",
                "Truncate"
              ],
              "default": "Digest"
            }
          }
        },
        "scaling": {
          "description": "How many workers there are. Changing it restarts none.",
          "type": "object",
          "default": {},
          "x-kubernetes-validations": [
            {
              "rule": "self.minReplicas <= self.maxReplicas",
              "fieldPath": ".minReplicas",
              "message": "minReplicas is above maxReplicas. Lower minReplicas or raise maxReplicas.",
              "messageExpression": "'minReplicas ' + string(self.minReplicas) + ' is above maxReplicas ' + string(self.maxReplicas) + '. Lower minReplicas or raise maxReplicas.'"
            }
          ],
          "properties": {
            "minReplicas": {
              "description": "The fewest workers at a time; with 0, an idle queue costs nothing.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 1000,
              "default": 0
            },
            "maxReplicas": {
              "description": "The most workers at a time.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 1000,
              "default": 10
            },
            "drainTargetSeconds": {
              "description": "The promise: there are as many workers as it takes for the backlog to be gone within this time.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 86400,
              "default": 60
            },
            "targetMessagesPerReplica": {
              "description": "Messages of the backlog for each worker, until the rate of a worker has been measured.",
              "type": "integer",
              "format": "int32",
              "minimum": 1,
              "maximum": 1000000,
              "default": 500
            },
            "idleAfterSeconds": {
              "description": "How long there must have been no message before the workers leave, down to minReplicas.",
              "type": "integer",
              "format": "int32",
              "minimum": 0,
              "maximum": 86400,
              "default": 300
            }
          }
        },
        "worker": {
          "description": "How each worker runs.",
          "type": "object",
          "default": {},
          "properties": {
            "logLevel": {
              "description": "The least severe log lines that are written.",
              "type": "string",
              "enum": [
                "trace",
                "debug",
                "info",
                "warn",
                "error"
              ],
              "default": "info"
            }
          }
        }
      }
    },
    "status": {
      "description": "What was seen of it. Written by Courier, never by people.",
      "type": "object",
      "default": {
        "observedGeneration": -1
      },
      "properties": {
        "observedGeneration": {
          "description": "The generation of the spec that this status speaks of; -1 before the first look.",
          "type": "integer",
          "format": "int64",
          "minimum": -1
        }
      }
    }
  }
};

/** The whole CustomResourceDefinition, as it is applied to a cluster. */
export const courierCrd = {
  "apiVersion": "apiextensions.k8s.io/v1",
  "kind": "CustomResourceDefinition",
  "metadata": {
    "name": "couriers.courier.dev"
  },
  "spec": {
    "group": "courier.dev",
    "scope": "Namespaced",
    "names": {
      "kind": "Courier",
      "listKind": "CourierList",
      "plural": "couriers",
      "singular": "courier",
      "shortNames": [
        "cour"
      ],
      "categories": [
        "courier"
      ]
    },
    "versions": [
      {
        "name": "v1alpha1",
        "served": true,
        "storage": true,
        "subresources": {
          "status": {}
        },
        "additionalPrinterColumns": [
          {
            "name": "Queue",
            "type": "string",
            "jsonPath": ".spec.queue.url",
            "description": "The queue whose messages are delivered."
          },
          {
            "name": "Recipient",
            "type": "string",
            "jsonPath": ".spec.recipient.url",
            "description": "Where they are delivered to."
          },
          {
            "name": "Max",
            "type": "integer",
            "jsonPath": ".spec.scaling.maxReplicas",
            "description": "The most workers at a time."
          },
          {
            "name": "Age",
            "type": "date",
            "jsonPath": ".metadata.creationTimestamp"
          }
        ],
        "selectableFields": [
          {
            "jsonPath": ".spec.queue.url"
          },
          {
            "jsonPath": ".spec.recipient.url"
          },
          {
            "jsonPath": ".spec.suspend"
          }
        ],
        "schema": {
          "openAPIV3Schema": courierSchema
        }
      }
    ]
  }
};
