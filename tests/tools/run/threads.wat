;; SPDX-License-Identifier: Apache-2.0
;; A function that makes two threads beside its own; all three yield to each other.
(component
  (core module $Table (table (export "t") 1 funcref))
  (core instance $table (instantiate $Table))
  (core module $M
    (import "" "t" (table 1 funcref))
    (import "" "new" (func $new (param i32 i32) (result i32)))
    (import "" "resume-later" (func $resume-later (param i32)))
    (import "" "yield" (func $yield (result i32)))
    (func $yielding (param i32) (drop (call $yield)))
    (elem (i32.const 0) func $yielding)
    (func (export "interleave")
      (call $resume-later (call $new (i32.const 0) (i32.const 1)))
      (call $resume-later (call $new (i32.const 0) (i32.const 2)))
      (drop (call $yield)) (drop (call $yield)) (drop (call $yield))))
  (alias core export $table "t" (core table $t))
  (core type $start (func (param i32)))
  (core func $new (canon thread.new-indirect $start (table $t)))
  (core func $resume-later (canon thread.resume-later))
  (core func $yield (canon thread.yield))
  (core instance $m (instantiate $M (with "" (instance
    (export "t" (table $t)) (export "new" (func $new)) (export "resume-later" (func $resume-later))
    (export "yield" (func $yield))))))
  (func (export "interleave") async (canon lift (core func $m "interleave"))))
