(* SPDX-License-Identifier: Apache-2.0 *)
(* Memory domains: which partitions may be reached; disjoint, each one that the protection unit can express.

   Model          C (include/gale/kernel/mem_domain.h, src/kernel/mem_domain.c; mpu.c for `encodable`)
   OAdd           gale_mem_domain_add
   ORemove        gale_mem_domain_remove
   OContains      gale_mem_domain_contains
   encodable      gale_mpu_partition_is_encodable; space is one past the highest address *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Record partition := Partition { start : nat; size : nat; access : nat }.
Inductive rules := PMSAV7 | PMSAV8 | PAGE.
Inductive status := Ok | EINVAL | EEXIST | ENOMEM | ENOENT.
Inductive op := OAdd (p : partition) | ORemove (p : partition).

Section Target.
Variables capacity space : nat.
Variable target : rules.

Definition granules (g : nat) (p : partition) : bool := (start p mod g =? 0) && (size p mod g =? 0).

(* PMSAv7: a whole region (a power of two of at least 32 bytes, aligned to its size), or, from 256 bytes on, a run of
   eighths of one. *)
Definition whole_region (p : partition) : bool :=
  existsb (fun k => (size p =? 2 ^ k) && (start p mod 2 ^ k =? 0)) (seq 5 28).
Definition run_of_eighths (p : partition) : bool :=
  existsb (fun k => granules (2 ^ k) p && (start p / (8 * 2 ^ k) =? (start p + size p - 1) / (8 * 2 ^ k))) (seq 5 25).
Definition known_access (a : nat) : bool := (a =? 0) || (a =? 1) || (a =? 3) || (a =? 5).

Definition encodable (p : partition) : bool :=
  (0 <? size p) && (start p + size p <=? space) && known_access (access p) &&
  match target with
  | PMSAV7 => whole_region p || run_of_eighths p
  | PMSAV8 => granules 32 p
  | PAGE => granules 4096 p
  end.

Definition overlaps (a b : partition) : bool := (start a <=? start b + (size b - 1)) && (start b <=? start a + (size a - 1)).
Definition same (a b : partition) : bool := (start a =? start b) && (size a =? size b) && (access a =? access b).

(* The last one takes the place of one that is removed. *)
Fixpoint remove_first (p : partition) (l : list partition) : option (list partition) :=
  match l with
  | [] => None
  | x :: l' => if same x p then Some (match l' with [] => [] | _ => last l' x :: removelast l' end)
               else match remove_first p l' with Some r => Some (x :: r) | None => None end
  end.

Definition step (d : list partition) (o : op) : list partition * status :=
  match o with
  | OAdd p => if negb (encodable p) then (d, EINVAL)
              else if existsb (fun x => overlaps x p) d then (d, EEXIST)
              else if length d =? capacity then (d, ENOMEM) else (d ++ [p], Ok)
  | ORemove p => match remove_first p d with Some r => (r, Ok) | None => (d, ENOENT) end
  end.

Definition init : list partition := [].

Definition byte_in (b : nat) (p : partition) : Prop := start p <= b < start p + size p.
Definition disjoint (a b : partition) : Prop := forall x, byte_in x a -> ~ byte_in x b.

Inductive apart : list partition -> Prop :=
| apart_nil : apart []
| apart_cons p l : Forall (disjoint p) l -> apart l -> apart (p :: l).

Definition ok (d : list partition) : Prop :=
  length d <= capacity /\ apart d /\ Forall (fun p => encodable p = true) d.

Lemma encodable_size p : encodable p = true -> 0 < size p /\ start p + size p <= space.
Proof.
  unfold encodable. intro H. apply andb_prop in H as [H _]. apply andb_prop in H as [H _]. apply andb_prop in H as [A B].
  split; [now apply Nat.ltb_lt | now apply Nat.leb_le].
Qed.

(* C's comparison of last bytes says whether two partitions share a byte. *)
Lemma overlaps_spec a b : 0 < size a -> 0 < size b -> overlaps a b = false -> disjoint a b.
Proof.
  intros A B H x [X1 X2] [Y1 Y2]. unfold overlaps in H. apply andb_false_iff in H as [H | H]; apply Nat.leb_gt in H; lia.
Qed.

Lemma disjoint_sym a b : disjoint a b -> disjoint b a.
Proof. intros H x A B. now apply (H x). Qed.

Lemma apart_snoc l p : apart l -> Forall (fun x => disjoint x p) l -> apart (l ++ [p]).
Proof.
  induction l as [| x l IH]; intros A F; simpl; [repeat constructor|]. inversion A; inversion F; subst. constructor; auto.
  apply Forall_app. split; auto.
Qed.

Lemma last_in (l : list partition) x : l <> [] -> In (last l x) l.
Proof. induction l as [| y l IH]; [congruence|]. intros _. destruct l; simpl; auto. right. apply IH. discriminate. Qed.

Lemma apart_parts l x : apart l -> l <> [] -> apart (last l x :: removelast l).
Proof.
  intros A N. pose proof (app_removelast_last x N) as E. rewrite E in A. clear E.
  set (y := last l x) in *. clearbody y. generalize dependent (removelast l). clear. intros m A.
  assert (F : Forall (fun z => disjoint z y) m /\ apart m).
  { induction m as [| z m IH]; [split; constructor|]. inversion A; subst. destruct (IH H2) as [I1 I2].
    apply Forall_app in H1 as [H1 H3]. inversion H3; subst. split; constructor; auto. }
  destruct F as [F1 F2]. constructor; auto. revert F1. apply Forall_impl. intros; now apply disjoint_sym.
Qed.

Lemma remove_first_spec p l : forall r, remove_first p l = Some r -> apart l ->
  apart r /\ (forall z, In z r -> In z l) /\ length l = S (length r) /\
  exists q, same q p = true /\ In q l /\ forall z, In z l -> z = q \/ In z r.
Proof.
  induction l as [| x l IH]; intros r E A; simpl in E; [discriminate|]. inversion A; subst.
  destruct (same x p) eqn:S.
  - injection E as <-. destruct l as [| y l'] eqn:L.
    + repeat split; simpl; auto; try constructor. exists x. repeat split; auto. intros z [-> | []]. auto.
    + assert (N : y :: l' <> []) by discriminate. rewrite <- L in *.
      pose proof (app_removelast_last x N) as Q. repeat split.
      * now apply apart_parts.
      * intros z [<- | I]; right; [now apply last_in|]. rewrite Q. apply in_or_app. now left.
      * simpl. rewrite Q at 1. rewrite app_length. simpl. lia.
      * exists x. repeat split; auto; [now left|]. intros z [-> | I]; auto. right. rewrite Q in I.
        apply in_app_or in I as [I | [I | []]]; simpl; auto.
  - destruct (remove_first p l) as [r' |] eqn:R; [| discriminate]. injection E as <-.
    destruct (IH r' eq_refl H2) as (I1 & I2 & I3 & q & I4 & I5 & I6). repeat split.
    + constructor; auto. apply Forall_forall. intros z Z. rewrite Forall_forall in H1. auto.
    + intros z [-> | Z]; [now left | right; auto].
    + simpl. lia.
    + exists q. repeat split; auto; [now right|]. intros z [-> | Z]; [right; now left|]. destruct (I6 z Z); auto. right; now right.
Qed.

Lemma step_ok d o : ok d -> ok (fst (step d o)).
Proof.
  intros (A & B & C). destruct o as [p | p]; cbn [step].
  - destruct (encodable p) eqn:E; simpl; [| repeat split; auto]. destruct (existsb _ d) eqn:X; simpl; [repeat split; auto|].
    destruct (length d =? capacity) eqn:L; simpl; [repeat split; auto|]. apply Nat.eqb_neq in L.
    unfold ok. rewrite app_length. simpl. split; [lia | split].
    + apply apart_snoc; auto. apply Forall_forall. intros z Z. rewrite Forall_forall in C.
      apply overlaps_spec; [apply encodable_size; auto | now apply encodable_size |].
      destruct (overlaps z p) eqn:O; auto. assert (existsb (fun x => overlaps x p) d = true) by (apply existsb_exists; eauto). congruence.
    + apply Forall_app. auto.
  - destruct (remove_first p d) as [r |] eqn:R; simpl; [| repeat split; auto].
    destruct (remove_first_spec p d r R B) as (I1 & I2 & I3 & _). unfold ok. split; [lia | split; auto].
    apply Forall_forall. intros z Z. rewrite Forall_forall in C. auto.
Qed.

Lemma reached t : ok (final step [] t).
Proof. apply run_keeps with (K := fun _ => True); auto using step_ok. unfold ok; simpl. repeat split; try lia; constructor. Qed.

(* MD01: no byte is in two partitions of a domain, over any trace. *)
Theorem md01_never_overlap t b i j p q : nth_error (final step [] t) i = Some p -> nth_error (final step [] t) j = Some q ->
  byte_in b p -> byte_in b q -> i = j.
Proof.
  destruct (reached t) as (_ & A & _). revert i j. induction A as [| x l F A IH]; intros [| i] [| j] P Q X Y; simpl in *; auto; try discriminate.
  - injection P as ->. exfalso. rewrite Forall_forall in F. apply (F q (nth_error_In _ _ Q) b); auto.
  - injection Q as ->. exfalso. rewrite Forall_forall in F. apply (F p (nth_error_In _ _ P) b); auto.
Qed.

Theorem md02_each_encodable t p : In p (final step [] t) -> encodable p = true.
Proof. intro I. destruct (reached t) as (_ & _ & C). rewrite Forall_forall in C. auto. Qed.

Theorem md03_size_positive t p : In p (final step [] t) -> 0 < size p.
Proof. intro I. apply encodable_size. now apply (md02_each_encodable t). Qed.

Theorem md04_count_within_capacity t : length (final step [] t) <= capacity.
Proof. apply reached. Qed.

Theorem md05_add_stores_exactly d p : snd (step d (OAdd p)) = Ok -> fst (step d (OAdd p)) = d ++ [p].
Proof. cbn [step]. destruct (negb _); [discriminate|]. destruct (existsb _ _); [discriminate|]. destruct (_ =? _); [discriminate | auto]. Qed.

Theorem md05_remove_takes_exactly d p : ok d -> snd (step d (ORemove p)) = Ok ->
  exists q, same q p = true /\ In q d /\ length d = S (length (fst (step d (ORemove p)))) /\
    (forall z, In z (fst (step d (ORemove p))) -> In z d) /\ (forall z, In z d -> z = q \/ In z (fst (step d (ORemove p)))).
Proof.
  intros (A & B & C). cbn [step]. destruct (remove_first p d) as [r |] eqn:R; [intros _ | discriminate].
  destruct (remove_first_spec p d r R B) as (I1 & I2 & I3 & q & I4 & I5 & I6). exists q. simpl. auto.
Qed.

Theorem md05_refused_changes_nothing d o : snd (step d o) <> Ok -> fst (step d o) = d.
Proof.
  destruct o as [p | p]; cbn [step].
  - destruct (negb _); auto. destruct (existsb _ _); auto. destruct (_ =? _); auto. simpl. congruence.
  - destruct (remove_first p d); auto. simpl. congruence.
Qed.

Theorem md06_no_overflow t p : In p (final step [] t) -> start p + size p <= space.
Proof. intro I. apply encodable_size. now apply (md02_each_encodable t). Qed.

(* MD09: a partition that a domain took shares no byte with any other that it holds (stack, heap, code of its own). *)
Theorem md09_no_byte_of_another d p q b : ok d -> snd (step d (OAdd p)) = Ok -> In q d -> byte_in b p -> ~ byte_in b q.
Proof.
  intros H S I X Y. pose proof (step_ok d (OAdd p) H) as (_ & A & _). rewrite (md05_add_stores_exactly d p S) in A.
  clear - A I X Y. induction d as [| z d IH]; [contradiction|]. simpl in A. inversion A; subst. destruct I as [-> | I]; [| auto].
  rewrite Forall_forall in H1. apply (H1 p) in Y; auto. apply in_or_app. right. now left.
Qed.
End Target.
