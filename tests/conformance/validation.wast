;; SPDX-License-Identifier: Apache-2.0
;; What makes a component valid though nothing of it runs: which types have names outside, and what crosses a boundary.

;; An export names the type index that it adds, not the one that it was given: resources, records, variants.
(assert_invalid
  (component
    (core module $M (func (export "f") (param i32)))
    (core instance $m (instantiate $M))
    (type $T (resource (rep i32)))
    (func $f (param "x" (borrow $T)) (canon lift (core func $m "f")))
    (export "t" (type $T))
    (export "f" (func $f)))
  "no name outside")
(assert_invalid
  (component
    (core module $M (func (export "f") (param i32)))
    (core instance $m (instantiate $M))
    (type $V (variant (case "a" u32)))
    (func $f (param "x" (tuple (option $V))) (canon lift (core func $m "f")))
    (export "v" (type $V))
    (export "f" (func $f)))
  "no name outside")
(assert_invalid
  (component
    (type $A (record (field "x" u8)))
    (export "a" (type $A))
    (type $B (list $A))
    (export "b" (type $B)))
  "no name outside")
(component definition
  (type $A (record (field "x" u8)))
  (export $B "a" (type $A))
  (export $C "b" (type $B))
  (type $D (list $C))
  (export "d" (type $D)))

;; Two imports of one record are two names, equal and each good for the functions that speak of it.
(component definition
  (type $R (record (field "x" u8)))
  (import "a" (type $A (eq $R)))
  (import "b" (type $B (eq $R)))
  (import "f" (func (param "x" $A) (result $B))))
(assert_invalid
  (component
    (type $R (record (field "x" u8)))
    (import "a" (type $A (eq $R)))
    (import "f" (func (param "x" $A) (result $R))))
  "no name outside")

;; Equal is what is built alike, whatever it is called: functions and records fit through renamings.
(component
  (component $A
    (type $r (record (field "x" u32)))
    (export $R "r" (type $r))
    (core module $M (func (export "f") (param i32) (result i32) (local.get 0)))
    (core instance $m (instantiate $M))
    (func (export "f") (param "x" $R) (result $R) (canon lift (core func $m "f"))))
  (component $B
    (type $s (record (field "x" u32)))
    (import "s" (type $S (eq $s)))
    (import "g" (func $g (param "x" $S) (result $S)))
    (export $S2 "s2" (type $S))
    (export "g" (func $g) (func (param "x" $S2) (result $S2))))
  (instance $a (instantiate $A))
  (instance $b (instantiate $B (with "s" (type $a "r")) (with "g" (func $a "f"))))
  (export $b' "b" (instance $b))
  (export $T "t" (type $b' "s2"))
  (export "h" (func $b' "g") (func (param "x" $T) (result $T))))
(assert_return (invoke "h" (record.const (field "x" (u32.const 7)))) (record.const (field "x" (u32.const 7))))
(assert_invalid
  (component
    (component $B
      (type $s (record (field "x" u32)))
      (import "s" (type (eq $s))))
    (type $t (record (field "y" u32)))
    (instance (instantiate $B (with "s" (type $t)))))
  "type mismatch")

;; A resource exported as `(sub resource)` is another one for those who use the component.
(component definition
  (component $C
    (type $r (resource (rep i32)))
    (export "a" (type $r))
    (export "b" (type $r)))
  (instance $c (instantiate $C))
  (component $Same (import "x" (type $x (sub resource))) (import "y" (type (eq $x))))
  (instance (instantiate $Same (with "x" (type $c "a")) (with "y" (type $c "b")))))
(assert_invalid
  (component
    (component $C
      (type $r (resource (rep i32)))
      (export "a" (type $r))
      (export "b" (type $r) (type (sub resource))))
    (instance $c (instantiate $C))
    (component $Same (import "x" (type $x (sub resource))) (import "y" (type (eq $x))))
    (instance (instantiate $Same (with "x" (type $c "a")) (with "y" (type $c "b")))))
  "type mismatch")
(assert_invalid
  (component
    (component $C
      (type $r (resource (rep i32)))
      (instance $i (export "r" (type $r)))
      (export "i" (instance $i))
      (export "j" (instance $i) (instance (export "r" (type (sub resource))))))
    (instance $c (instantiate $C))
    (alias export $c "i" (instance $i))
    (alias export $c "j" (instance $j))
    (component $Same (import "x" (type $x (sub resource))) (import "y" (type (eq $x))))
    (instance (instantiate $Same (with "x" (type $i "r")) (with "y" (type $j "r")))))
  "type mismatch")

;; Exports given inline add no index that a function could name its resource by.
(assert_invalid
  (component
    (type $T (resource (rep i32)))
    (core module $M (func (export "f") (param i32)))
    (core instance $m (instantiate $M))
    (func $f (param "self" (borrow $T)) (canon lift (core func $m "f")))
    (instance (export "t" (type $T)) (export "[method]t.f" (func $f))))
  "does not have a name")

;; A type that speaks of a resource outside of it stays inside the component, however deep it is hidden.
(assert_invalid
  (component $C
    (type $R (resource (rep i32)))
    (type $U (instance (type (component (export "a" (type (eq $R)))))))
    (component (alias outer $C $U (type $a))))
  "refers to resources")
(component definition $C
  (type $U (component
    (import "r" (type $r (sub resource)))
    (type $o (own $r))
    (export "f" (func (param "x" $o)))))
  (component (alias outer $C $U (type $a))))

;; A definition may import what no program can be made of; and a program may be without any core module.
(component definition
  (core type $T (module (export "f" (func))))
  (import "m" (core module (type $T)))
  (import "c" (component (export "f" (func)))))
(component
  (type $R (resource (rep i32)))
  (core func $drop (canon resource.drop $R))
  (export $R' "r" (type $R))
  (func (export "drop") (param "x" (own $R')) (canon lift (core func $drop))))

;; Text in quotes is what stands in a component.
(component definition quote "(type $r (record (field \"x\" u8)))" "(export \"r\" (type $r))")
(assert_malformed (component quote "(type $r (record (field \"x\" u8))") "expected `)`")

;; Types of instances and components, given where another is wanted, are looked into.
(assert_invalid
  (component
    (type $I (instance (export "f" (func))))
    (type $J (instance (export "f" (func (param "x" u32)))))
    (component $C (type $I (instance (export "f" (func)))) (import "t" (type (eq $I))))
    (instance (instantiate $C (with "t" (type $J)))))
  "type mismatch")
(assert_invalid
  (component
    (type $J (component (import "a" (func)) (export "f" (func))))
    (component $C (type $I (component (export "f" (func)))) (import "t" (type (eq $I))))
    (instance (instantiate $C (with "t" (type $J)))))
  "missing import")
(component definition
  (type $J (instance (export "r" (type $r (sub resource))) (export "f" (func (param "x" (own $r)))) (export "g" (func))))
  (type $K (component (export "f" (func))))
  (component $C
    (type $I (instance (export "r" (type $r (sub resource))) (export "f" (func (param "x" (own $r))))))
    (type $L (component (export "f" (func))))
    (import "t" (type (eq $I)))
    (import "u" (type (eq $L))))
  (instance (instantiate $C (with "t" (type $J)) (with "u" (type $K)))))
