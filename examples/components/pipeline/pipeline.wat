;; SPDX-License-Identifier: Apache-2.0
;; source -> filter -> sink, composed: only the sink touches the world. compose.mjs puts the components in place.
(component
  (type $types (instance
    (type (enum "io" "illegal-byte-sequence" "pipe"))
    (export "error-code" (type (eq 0)))))
  (import "wasi:cli/types@0.3.0" (instance $types (type $types)))
  (alias export $types "error-code" (type $error-code))
  (type $stdin (instance
    (alias outer 1 $error-code (type))
    (export "error-code" (type (eq 0)))
    (type (stream u8))
    (type (result (error 1)))
    (type (future 3))
    (type (tuple 2 4))
    (type (func (result 5)))
    (export "read-via-stream" (func (type 6)))))
  (import "wasi:cli/stdin@0.3.0" (instance $stdin (type $stdin)))
  (type $stdout (instance
    (alias outer 1 $error-code (type))
    (export "error-code" (type (eq 0)))
    (type (stream u8))
    (type (result (error 1)))
    (type (future 3))
    (type (func (param "data" 2) (result 4)))
    (export "write-via-stream" (func (type 5)))))
  (import "wasi:cli/stdout@0.3.0" (instance $stdout (type $stdout)))

  ;; component source
  ;; component filter
  ;; component sink

  (instance $a (instantiate $source))
  (alias export $a "gale:pipeline/parser" (instance $parsed))
  (instance $b (instantiate $filter (with "gale:pipeline/parser" (instance $parsed))))
  (alias export $b "gale:pipeline/parser" (instance $filtered))
  (instance $c (instantiate $sink
    (with "gale:pipeline/parser" (instance $filtered))
    (with "wasi:cli/types@0.3.0" (instance $types))
    (with "wasi:cli/stdin@0.3.0" (instance $stdin))
    (with "wasi:cli/stdout@0.3.0" (instance $stdout))))
  (alias export $c "wasi:cli/run@0.3.0" (instance $run))
  (export "wasi:cli/run@0.3.0" (instance $run)))
