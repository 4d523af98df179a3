(* SPDX-License-Identifier: Apache-2.0 *)
(* The doorbell: any number of ringers, one executor that sleeps; every atomic access is a step of its own, in any order.

   Model         C (include/gale/kernel/doorbell.h, src/kernel/doorbell.c; ports: gale_port_idle, gale_port_wake)
   SRing b       gale_doorbell_ring: its atomic or; a ringer that finds ASLEEP owes a wake
   SWake         gale_port_wake by one that owes it
   SSleep        gale_port_idle: marks ASLEEP, and goes on if bits were there (one atomic step)
   SBlock        gale_port_idle: the system sleeps if the word is still what was marked (one atomic step of the system)
   STimeout      the deadline passes, or a spurious wake-up
   STake         gale_doorbell_take: atomic exchange with 0
   A ring is named by its number, so that two rings of the same bit are told apart. Sequentially consistent, as the
   accesses are; the orders themselves are the litmus tests' matter. *)

From Coq Require Import List Arith Lia Bool Permutation.
From Gale Require Import trace.
Import ListNotations.

Inductive phase := Running | Marked | Blocked.
Record bell := Bell { word : list nat; asleep : bool; owed : nat; at_ : phase }.
Inductive action := SRing (b : nat) | SWake | SSleep | SBlock | STimeout | STake.

Definition step (d : bell) (a : action) : bell * list nat :=
  match a with
  | SRing b => (Bell (word d ++ [b]) (asleep d) (if asleep d then S (owed d) else owed d) (at_ d), [])
  | SWake => match owed d with
             | 0 => (d, [])
             | S n => (Bell (word d) (asleep d) n (match at_ d with Blocked => Running | p => p end), [])
             end
  | SSleep => match at_ d with
              | Running => (Bell (word d) true (owed d) (match word d with [] => Marked | _ => Running end), [])
              | _ => (d, [])
              end
  | SBlock => match at_ d with
              | Marked => (Bell (word d) (asleep d) (owed d) (match word d with [] => Blocked | _ => Running end), [])
              | _ => (d, [])
              end
  | STimeout => (Bell (word d) (asleep d) (owed d) (match at_ d with Blocked => Running | p => p end), [])
  | STake => match at_ d with
             | Running => (Bell [] false (owed d) Running, word d)
             | _ => (d, [])
             end
  end.

Definition init : bell := Bell [] false 0 Running.

Definition ok (d : bell) : Prop :=
  (at_ d <> Running -> asleep d = true) /\ (at_ d = Blocked -> word d <> [] -> 0 < owed d).

Lemma step_ok d a : ok d -> ok (fst (step d a)).
Proof.
  intros K. pose proof K as [A B]. destruct a; simpl.
  - split; simpl; auto. intros P _. rewrite A by congruence. lia.
  - destruct (owed d) eqn:O; [exact K|]. split; simpl.
    + intro Q. apply A. destruct (at_ d); congruence.
    + destruct (at_ d); discriminate.
  - destruct (at_ d) eqn:P; [| exact K | exact K]. destruct (word d) eqn:W; split; simpl; auto; discriminate.
  - destruct (at_ d) eqn:P; [exact K | | exact K]. split; simpl; [intros _; apply A; congruence|].
    destruct (word d); [congruence | discriminate].
  - split; simpl; [intro Q; apply A; destruct (at_ d); congruence | destruct (at_ d); discriminate].
  - destruct (at_ d) eqn:P; [| exact K | exact K]. split; simpl; congruence.
Qed.

(* DB01: whatever the order of steps, if the executor is blocked and a ring is in the word, a wake is on its way; and
   that wake, whenever it comes, ends the sleep. *)
Theorem db01_no_lost_wake_up t : let d := final step init t in
  at_ d = Blocked -> word d <> [] -> 0 < owed d /\ at_ (fst (step d SWake)) = Running.
Proof.
  intros d P W. assert (H : ok d).
  { apply run_keeps with (K := fun _ => True); auto using step_ok. split; simpl; congruence. }
  destruct H as [_ H]. specialize (H P W). split; auto. simpl. destruct (owed d); [lia|]. simpl. now rewrite P.
Qed.

Theorem db01_a_rung_bell_is_not_slept_on d : word d <> [] -> at_ d <> Blocked ->
  at_ (fst (step d SSleep)) <> Blocked /\ at_ (fst (step d SBlock)) <> Blocked.
Proof.
  intros W P. simpl. destruct (at_ d) eqn:E, (word d) eqn:F; simpl; rewrite ?E; split; congruence.
Qed.

(* DB02: every ring is in exactly one answer, in order: over any run the rings are what was taken and what is left. *)
Definition rung (e : action * list nat) : list nat := match fst e with SRing b => [b] | _ => [] end.
Theorem db02_each_ring_once t d :
  word d ++ flat_map rung (log step d t) = flat_map snd (log step d t) ++ word (final step d t).
Proof.
  apply (run_conserves step (fun _ => True) (fun _ => True) word); auto.
  intros s a _ _. destruct a; simpl; rewrite ?app_nil_r; auto.
  - destruct (owed s); auto.
  - destruct (at_ s); auto.
  - destruct (at_ s); auto.
  - destruct (at_ s); simpl; rewrite ?app_nil_r; auto.
Qed.
